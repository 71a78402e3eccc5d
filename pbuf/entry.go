package pbuf

import (
	"context"
	"math"
)

// MinVersion is the lowest version: the three below it are used as marks.
// Hybrid clocks, sequence numbers, Unix nanoseconds and negative monotonic
// times all lie above it.
const MinVersion int64 = math.MinInt64 + 3

// Entry is one key's state as the processor gets it.
type Entry[K comparable, V any] struct {
	Key   K
	Value V
	// Version is what PutNewer gave the entry; 0 after Put.
	Version int64
	// Updates is how many versioned writes replaced the key's value in this
	// generation, since it was first written or plainly put. Always 0 after Put.
	Updates uint64
	// Attempts is how many deliveries of this value failed; 0 the first time, 127 at
	// most. A write to the key starts it anew.
	Attempts uint8
	// Deleted says that the entry is a tombstone: Delete or DeleteNewer removed the
	// key (see Options.Tombstones). Value is then the zero value.
	Deleted bool
	// Reset says that the key was deleted before the value was put, and that the sink
	// has not heard of it: with Options.Tombstones and Merge or Newer, a Delete and
	// the Puts after it are one entry. A sink that adds a delta, or compares, must
	// replace what it has instead. Nowhere else need a sink look at it.
	Reset bool
}

// Versioned is one element of PutAllNewer.
type Versioned[K comparable, V any] struct {
	Key     K
	Value   V
	Version int64
}

// Processor delivers one batch, at most Options.BatchSize entries. A key is in at
// most one batch of a generation, and its generations are delivered in their
// order; between keys there is no order, except that entries whose delivery failed
// before come after all others, in batches of their own.
//
// Partitions call it in parallel; one partition calls it for one batch at a
// time. The context ends after Options.ProcessorTimeout, and when Stop's
// context ends. The batch may be reordered and written to, but not kept: clone
// what is to outlive the call. The processor may call every method of the Map
// except Flush, Stop and Close, which return ErrInProcessor.
//
// nil means that the whole batch is delivered. An error, a panic or a
// runtime.Goexit fails it; Failed says that only a part of it failed, Permanent
// that there is no use in trying again. See Retry for what happens then. What
// failed may have reached the sink all the same, so deliveries must bear to be
// repeated.
type Processor[K comparable, V any] func(ctx context.Context, batch []Entry[K, V]) error

// TableProcessor delivers a whole generation at once. It owns the table and may
// keep it. The rest is as for Processor.
type TableProcessor[K comparable, V any] func(ctx context.Context, table *Table[K, V]) error
