package pbuf

import "time"

// Hooks are called as the buffer works; nil ones cost nothing. They run on the
// partition's flusher, never on a writer, and never at once for one partition:
// a slow hook delays its partition's next delivery and nothing else. A hook
// that panics is reported through ProcessingException (or, if that is the one,
// counted in Stats), and harms nobody. What Processor may not call, hooks may
// not call either.
type Hooks struct {
	// PartitionStart is called once per partition, when its flusher starts.
	PartitionStart func(PartitionInfo)
	// PartitionStop is called once per partition, after its last delivery.
	PartitionStop func(PartitionInfo)
	// ProcessingStart is called when a generation with entries is about to be
	// delivered; Entries counts them.
	ProcessingStart func(ProcessingInfo)
	// ProcessingStop is called when a generation has been through the processor;
	// Duration is the time since ProcessingStart, Entries as there.
	ProcessingStop func(ProcessingInfo)
	// ProcessingFailed is called for each batch for which the processor returned an
	// error: Err, with Entries and Duration of the batch.
	ProcessingFailed func(ProcessingInfo)
	// ProcessingException is called for each batch in which the processor panicked
	// or called runtime.Goexit (Err is a *PanicError or ErrGoexit; Entries and
	// Duration of the batch), and for each hook that did (Entries is 0).
	ProcessingException func(ProcessingInfo)
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
