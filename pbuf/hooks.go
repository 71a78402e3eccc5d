package pbuf

import "time"

// Hooks are called as the buffer works; nil ones cost nothing. They run where
// processors run (see "Functions of the user"): a slow hook delays its partition's next
// delivery and nothing else. Those that panic or call runtime.Goexit are counted in
// Stats.HookFailures.
type Hooks struct {
	// PartitionStart and PartitionStop are called once per partition: when its flusher
	// starts, which is at New if PartitionStart is set, and after its last delivery.
	PartitionStart, PartitionStop func(PartitionInfo)
	// FlushStart is called when a generation with entries is about to be delivered,
	// FlushStop when it has been through the processor.
	FlushStart, FlushStop func(FlushInfo)
	// BatchFailed is called for each batch for which the processor returned an error,
	// with how many Entries failed and the Duration of the call.
	BatchFailed func(BatchInfo)
	// ProcessorStuck is called when a call has not returned 250 ms after its timeout, with
	// its Duration so far and context.DeadlineExceeded, or ErrAbandoned if it is left
	// behind. This hook alone runs beside others of its partition.
	ProcessorStuck func(BatchInfo)
	// Requeued is called when entries have been put back: those that failed in one
	// batch, or (Skipped) those that were not tried because the sink is down.
	Requeued func(RequeueInfo)
	// Backoff is called after a flush, or with Replay a call, that delivered nothing at all
	// and is to be repeated.
	Backoff func(BackoffInfo)
	// DeadLettered is called when DeadLetter has taken Entries, with why they were given up.
	DeadLettered func(BatchInfo)
	// Dropped is called when Entries were dropped, with why they were given up (and
	// DeadLetter's error), or with ErrFull for those without room since the last delivery.
	Dropped func(BatchInfo)
	// Full is called when a delivery begins and writes found the buffer full since the last.
	Full func(PartitionInfo)
	// BatchPanicked is called for each batch in which the processor, or a method of its
	// error, panicked or called runtime.Goexit (Err is a *PanicError or ErrGoexit), and for
	// each hook that did (Entries is 0), but for itself and ProcessorStuck.
	BatchPanicked func(BatchInfo)
}

// PartitionInfo says which partition a hook is about.
type PartitionInfo struct {
	Name      string // Options.Name
	Partition int
}

// FlushInfo says what became of a generation. What Failed counts, each time, was then
// Requeued, Overwritten, Dropped or DeadLettered, or delivered after all, or kept by
// Stop for another try or as undelivered.
type FlushInfo struct {
	PartitionInfo
	Generation                 uint64 // number within the partition, counting up
	Entries, Delivered, Failed int
	Requeued                   int // put back, also those not tried because the sink is down
	Overwritten                int // to be put back, but a newer write to the key had come
	Dropped, DeadLettered      int
	Duration                   time.Duration
	Err                        error // the last one; nil if nothing failed
}

// BatchInfo says which batch, or some entries of it, a hook is about.
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
