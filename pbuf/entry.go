package pbuf

import (
	"context"
	"math"
)

// MinVersion is the lowest version: the three below it are used as marks.
const MinVersion int64 = math.MinInt64 + 3

// Entry is one key's state as the processor gets it.
type Entry[K comparable, V any] struct {
	Key   K
	Value V
	// Version is what PutNewer gave the entry; 0 after Put.
	Version int64
	// Updates is how many versioned writes replaced the key's value in this generation,
	// since it was first written or plainly put; 0 after Put.
	Updates uint64
	// Attempts is how many flushes have failed to deliver this value, the one under way
	// too, 127 at most. A write starts it anew.
	Attempts uint8
	// Deleted says that the entry is a tombstone (see Options.Tombstones), without a
	// value.
	Deleted bool
	// Reset says that the key was deleted before the value was put, and that the sink
	// has not heard of it: with Tombstones and Merge or Newer, a Delete and the Puts
	// after it are one entry. A sink that adds a delta, or compares, must replace what
	// it has instead.
	Reset bool
}

// Versioned is one element of PutAllNewer.
type Versioned[K comparable, V any] struct {
	Key     K
	Value   V
	Version int64
}

// Processor delivers one batch, at most Options.BatchSize entries. A key is in one
// batch of a generation, and then perhaps in parts of it (see "Failed deliveries"); its
// generations are delivered in their order. Between keys there is no order, except that
// entries that failed before come last, in batches of their own.
//
// nil means that the whole batch is delivered. An error, a panic or a runtime.Goexit
// fails it; Failed says that only a part of it failed, Permanent that no retry will
// help. Deliveries may repeat (see "Failed deliveries").
//
// Partitions call it in parallel, each for one batch at a time. The context ends after
// Options.ProcessorTimeout, and when Stop's context ends. The batch may be reordered
// and written to, but not kept: clone what is to outlive the call. It may call every
// method of the Map except Flush, Stop and Close, which return ErrInProcessor.
type Processor[K comparable, V any] func(ctx context.Context, batch []Entry[K, V]) error

// TableProcessor is a Processor of whole generations. It may keep the table.
type TableProcessor[K comparable, V any] func(ctx context.Context, table *Table[K, V]) error
