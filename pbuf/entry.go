package pbuf

import (
	"context"
	"math"
)

// MinVersion is the lowest version: the three below it are used as marks.
const MinVersion int64 = math.MinInt64 + 3

// Entry is one key's state as the processor gets it.
type Entry[K comparable, V any] struct {
	Key     K
	Value   V
	Version int64 // what PutNewer gave the entry; 0 after Put
	// Updates: versioned writes that replaced the value in this generation, since the first
	// write or plain Put
	Updates  uint64
	Attempts uint8 // flushes that have failed to deliver this value, this one too; at most 127; a write resets it
	Deleted  bool  // a tombstone (see Options.Tombstones), without a value
	// Reset: the key was deleted before and the sink not told (Tombstones with Merge or
	// Newer): it must replace what it has, not add or compare
	Reset bool
}

// Versioned is one element of PutAllNewer.
type Versioned[K comparable, V any] struct {
	Key     K
	Value   V
	Version int64
}

// Processor delivers one batch, at most Options.BatchSize entries; nil means that all
// of it is delivered. An error, a panic or a runtime.Goexit fails it; [Failed] says
// that only a part of it failed, [Permanent] that no retry will help. Deliveries may
// repeat (see "Failed deliveries"). Partitions call it in parallel, each for one batch
// at a time (see "Functions of the user"). The context ends after
// Options.ProcessorTimeout, and when Stop's does.
//
// The batch may be reordered and written to, but not kept: clone what is to outlive the
// call. A key is in one batch of a generation, and then perhaps in parts of it; entries
// that failed before come last, in batches of their own.
type Processor[K comparable, V any] func(ctx context.Context, batch []Entry[K, V]) error

// TableProcessor is a [Processor] of whole generations. It may keep the table.
type TableProcessor[K comparable, V any] func(ctx context.Context, table *Table[K, V]) error
