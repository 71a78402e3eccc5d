package pbuf

import "time"

// Hooks are called as the buffer works; nil ones cost nothing. They run where
// processors run (see "Functions of the user"): a slow hook delays its partition's next
// delivery and nothing else. A hook that panics is reported through BatchPanicked, or
// counted if that is the one.
type Hooks struct {
	// PartitionStart is called once per partition, when its flusher starts.
	PartitionStart func(PartitionInfo)
	// PartitionStop is called once per partition, after its last delivery.
	PartitionStop func(PartitionInfo)
	// FlushStart is called when a generation with entries is about to be delivered.
	FlushStart func(FlushInfo)
	// FlushStop is called once for each generation that has been through the processor.
	FlushStop func(FlushInfo)
	// BatchFailed is called for each batch for which the processor returned an error,
	// with the Entries that failed and the Duration of the call.
	BatchFailed func(BatchInfo)
	// ProcessorStuck is called when a call has not returned 250 ms after its timeout:
	// Duration is its time so far, Err context.DeadlineExceeded, or ErrAbandoned if it
	// is not waited for. It alone runs beside other hooks of its partition, whose
	// goroutine is busy.
	ProcessorStuck func(BatchInfo)
	// Requeued is called when entries have been put back: those that failed in one
	// batch, or (Skipped) those that were not tried because the sink is down.
	Requeued func(RequeueInfo)
	// Backoff is called after a flush, or with the policy Replay a call, that delivered
	// nothing at all and is to be repeated.
	Backoff func(BackoffInfo)
	// DeadLettered is called when DeadLetter has taken Entries; Err is why they were
	// given up.
	DeadLettered func(BatchInfo)
	// Dropped is called when Entries were dropped: Err is why they were given up (with
	// DeadLetter's error), or wraps ErrFull for those without room since the last
	// delivery.
	Dropped func(BatchInfo)
	// Full is called when a delivery begins and writes have found the buffer full since
	// the last.
	Full func(PartitionInfo)
	// BatchPanicked is called for each batch in which the processor, or a method of its
	// error, panicked or called runtime.Goexit (Err is a *PanicError or ErrGoexit), and
	// for each hook that did (Entries is 0).
	BatchPanicked func(BatchInfo)
}

// PartitionInfo says which partition a hook is about.
type PartitionInfo struct {
	Name      string // Options.Name
	Partition int
}

// FlushInfo says what became of a generation. What Failed counts, each failed call
// anew, was Requeued, Overwritten, Dropped or DeadLettered, or delivered in the end (in
// a part of its batch, or by Replay), or kept by Stop for another try or as undelivered.
type FlushInfo struct {
	PartitionInfo
	Generation   uint64 // number within the partition, counting up
	Entries      int
	Delivered    int
	Failed       int
	Requeued     int // put back; those too that were not tried because the sink is down
	Overwritten  int // a newer write to the key had come when they were to be put back
	Dropped      int
	DeadLettered int
	Duration     time.Duration
	Err          error // the last one; nil if nothing failed
}

// BatchInfo says what a hook about a batch, or about some of its entries, is about.
type BatchInfo struct {
	Batch
	Entries  int
	Duration time.Duration
	Err      error
}

// RequeueInfo says that Entries are back in the buffer.
type RequeueInfo struct {
	BatchInfo
	Overwritten int  // had been replaced by a newer write to their key
	Skipped     bool // they were not tried: the sink counts as down
}

// BackoffInfo says how long a partition waits, and after which error.
type BackoffInfo struct {
	PartitionInfo
	Duration time.Duration
	Err      error
}
