package pbuf

import "context"

// Batch identifies the batch that a processor has. It is comparable and, but for
// Attempt, unique for its content: with [Replay] a repeated call gets exactly the same
// entries. So a sink that stores Incarnation, Partition, Generation and Number in the
// transaction that applies it, and skips a batch whose row is there, applies each once.
// Other policies make new batches: Replay tells.
type Batch struct {
	Name        string // Options.Name
	Incarnation string // random: another one for each New
	Partition   int
	Generation  uint64 // number within the partition, counting up
	Number      int    // within the generation, counting up from 1; 0 for a TableProcessor
	Attempt     int    // counting up from 1
	Replay      bool   // Retry.Policy is Replay: a repeated call gets exactly the same entries
}

// BatchFrom returns the batch of a processor's or DeadLetter's call, by its context or
// one derived from it; false for any other context.
func BatchFrom(ctx context.Context) (Batch, bool) {
	if ctx == nil {
		return Batch{}, false
	}
	c, ok := ctx.Value(batchKey{}).(*callContext)
	if !ok {
		return Batch{}, false
	}
	return c.batch, true
}

// callContext is the context of a call: the flusher's, and which batch it is about.
type callContext struct {
	context.Context
	batch Batch
}

type batchKey struct{}

// Value is itself for batchKey: an allocation less than the value would be.
func (c *callContext) Value(key any) any {
	if key == any(batchKey{}) {
		return c
	}
	return c.Context.Value(key)
}
