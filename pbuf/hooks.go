package pbuf

import "time"

// Hooks are called as the buffer works; nil costs nothing. They run where processors
// run (see "Functions of the user"): a slow one delays its partition's next delivery
// and nothing else. Stats.HookFailures counts those that panic or call runtime.Goexit.
type Hooks struct {
	PartitionStart func(PartitionInfo) // once, when the partition's flusher starts: at New if this hook is set
	PartitionStop  func(PartitionInfo) // once, after its last delivery
	FlushStart     func(FlushInfo)     // a generation with entries is about to be delivered
	FlushStop      func(FlushInfo)     // it has been through the processor
	// BatchFailed: the processor returned an error: how many Entries failed, and the
	// Duration of the call
	BatchFailed func(BatchInfo)
	// ProcessorStuck: a call has not returned 250 ms after its timeout, with its Duration so
	// far and context.DeadlineExceeded, or ErrAbandoned if it is left behind. It alone runs
	// beside other hooks.
	ProcessorStuck func(BatchInfo)
	// Requeued: entries were put back: those that failed in one batch, or (Skipped) were not
	// tried since the sink is down
	Requeued func(RequeueInfo)
	// Backoff: a flush, or with Replay a call, delivered nothing at all and is to be
	// repeated
	Backoff      func(BackoffInfo)
	DeadLettered func(BatchInfo) // DeadLetter has taken Entries; Err is why they were given up
	// Dropped: Entries were dropped; Err: why they were given up (and DeadLetter's error),
	// or ErrFull: no room since the last delivery
	Dropped func(BatchInfo)
	Full    func(PartitionInfo) // a delivery begins, and writes found the buffer full since the last
	// BatchPanicked: the processor, or a method of its error, panicked or called runtime.Goexit (Err
	// is a *PanicError or ErrGoexit), or a hook did (Entries is 0) but this one and ProcessorStuck.
	BatchPanicked func(BatchInfo)
}

// PartitionInfo says which partition a hook is about.
type PartitionInfo struct {
	Name       string // Options.Name
	Partition  int
	Partitions int // how many there are
}

// FlushInfo says what became of a generation. What Failed counts, each time, was then
// Requeued, Overwritten, Dropped, DeadLettered, delivered after all, or kept by Stop
// (to try again, or as undelivered).
type FlushInfo struct {
	PartitionInfo
	Generation                 uint64 // number within the partition, counting up
	Entries, Delivered, Failed int
	Dropped, DeadLettered      int
	Requeued                   int // put back, also those not tried because the sink is down
	Overwritten                int // to be put back, but a newer write to the key had come
	Duration                   time.Duration
	Err                        error // the last one, or why Stop left entries untried; nil if neither
	Down                       bool  // the partition counts as down now: it is one of Health's ErrDown
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
