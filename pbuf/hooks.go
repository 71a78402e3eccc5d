package pbuf

import "time"

// Hooks are called as the buffer works; nil ones cost nothing. They run on the
// partition's flusher, never on a writer, and never at once for one partition:
// a slow hook delays its partition's next delivery and nothing else. A hook
// that panics is reported through BatchPanicked (or, if that is the one,
// counted in Stats), and harms nobody. What Processor may not call, hooks may
// not call either.
type Hooks struct {
	// PartitionStart is called once per partition, when its flusher starts.
	PartitionStart func(PartitionInfo)
	// PartitionStop is called once per partition, after its last delivery.
	PartitionStop func(PartitionInfo)
	// FlushStart is called when a generation with entries is about to be
	// delivered; Entries counts them.
	FlushStart func(ProcessingInfo)
	// FlushStop is called when a generation has been through the processor;
	// Duration is the time since FlushStart, Entries as there.
	FlushStop func(ProcessingInfo)
	// BatchFailed is called for each batch for which the processor returned an
	// error: Err, with the Entries that failed and the Duration of the batch.
	BatchFailed func(ProcessingInfo)
	// ProcessorStuck is called when a processor or DeadLetter has not returned
	// 250 ms after its context ended by the timeout; Entries are those of the call,
	// Duration its time so far, Err context.DeadlineExceeded, or ErrAbandoned if it
	// is not waited for (see Options.AbandonStuck). It is the one hook that does not
	// run on the flusher, which is busy, but on a goroutine of its own.
	ProcessorStuck func(ProcessingInfo)
	// Requeued is called when entries that failed in one batch have been put back.
	Requeued func(RequeueInfo)
	// Backoff is called after a delivery in which something failed with no Permanent
	// error, unless Retry has the policy GiveUp: Duration is how long the partition
	// waits, if neither Flush nor Stop is called, Err the last error.
	Backoff func(ProcessingInfo)
	// DeadLettered is called when DeadLetter has taken Entries; Err is why they were
	// given up.
	DeadLettered func(ProcessingInfo)
	// Dropped is called when Entries were dropped: Err is why they were given up
	// (with DeadLetter's error, if that was called), or wraps ErrFull for those that
	// had no room since the last delivery.
	Dropped func(ProcessingInfo)
	// Full is called when a delivery begins and writes have found the buffer full
	// since the last one.
	Full func(PartitionInfo)
	// BatchPanicked is called for each batch in which the processor panicked
	// or called runtime.Goexit (Err is a *PanicError or ErrGoexit, Entries and
	// Duration as in BatchFailed), and for each hook that did (Entries is 0).
	BatchPanicked func(ProcessingInfo)
}

// PartitionInfo says which partition a hook is about.
type PartitionInfo struct {
	Name      string // Options.Name
	Partition int
}

// ProcessingInfo says what a processing hook is about.
type ProcessingInfo struct {
	Name       string // Options.Name
	Partition  int
	Generation uint64 // number within the partition, counting up
	Entries    int
	Duration   time.Duration
	Err        error
}

// RequeueInfo is what became of a batch's failed entries: Entries of them are
// back in the buffer.
type RequeueInfo struct {
	ProcessingInfo
	Overwritten int  // had been replaced by a newer write to their key
	Skipped     bool // they were not tried: the sink counts as down
}
