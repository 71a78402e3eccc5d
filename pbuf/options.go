package pbuf

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"time"
	"unicode/utf8"
)

// Defaults of Options and Retry.
const (
	DefaultName             = "pbuf"
	DefaultFlushInterval    = 5 * time.Second
	DefaultProcessorTimeout = time.Minute
	DefaultBatchSize        = 512
	DefaultInitialBackoff   = 100 * time.Millisecond
	DefaultMaxBackoff       = 30 * time.Second
)

// Options configure [New]; zero values are defaults. A value out of range, or an option
// that has no meaning beside the others, is an error that wraps ErrOptions. Durations
// are at least 100 µs, to catch numbers without unit.
type Options[K comparable, V any] struct {
	Processor      Processor[K, V]      // delivers batches; either it or TableProcessor must be set
	TableProcessor TableProcessor[K, V] // delivers whole generations
	// FlushInterval: from the end of a partition's flush to the next; before the first, a
	// random part of it. Default: 5 s
	FlushInterval time.Duration
	BatchSize     int    // most entries in one batch; not with a TableProcessor. Default: 512
	Name          string // labels the buffer in hooks, Stats and pprof: UTF-8. Default: "pbuf"

	// Delivery and its failures.

	// Retry: what happens to entries whose delivery failed. Default: requeued, with a
	// backoff, until they are delivered
	Retry Retry
	// DeadLetter takes what is given up, and why: after Retry.MaxAttempts, with Permanent,
	// or at once with GiveUp. It is called like Processor; if it returns an error, or is nil
	// (the default), the entries are dropped and counted.
	DeadLetter func(ctx context.Context, entries []Entry[K, V], err error) error
	// ProcessorTimeout: of one call, through its context; one that ignores it is waited for
	// (but see AbandonStuck). Default: 1 min
	ProcessorTimeout time.Duration
	// FlushThreshold: entries in a partition at which it is flushed at once, before its
	// interval is over. Default: 0, off
	FlushThreshold int
	Hooks          Hooks // called as the buffer works. Default: none

	// Bounds: see "A full buffer" in the package documentation.

	Capacity int                      // most distinct entries, those in flight included. Default: 0, no bound
	MaxBytes int                      // highest sum of the entries' sizes. Default: 0, no bound
	SizeOf   func(key K, value V) int // size of an entry, in the unit of MaxBytes; it goes with that
	OnFull   FullPolicy               // what becomes of a new key in a full buffer. Default: Block

	// What a write means: see "Order and versions" and "Functions of the user".

	// VersionMemory: for how many keys per partition, at least, the version delivered last
	// is kept (at most for twice as many). Default: 0
	VersionMemory int
	// Newer: whether new has the higher version, a strict order: Put keeps the newer. Not
	// with Merge or VersionMemory. Default: none
	Newer func(old, new V) bool
	// Merge: makes one of the buffered value and a plain Put's: maxima, sets, sketches, with
	// Replay sums. Default: none, Put replaces
	Merge func(key K, old, new V) V
	// Tombstones: Delete puts a tombstone, an entry with Deleted set; allows DeleteNewer.
	// Default: false, Delete erases, the sink is not told
	Tombstones bool

	// For few.

	Partitions int // flushers, and processor calls that may run at once, at most 65536. Default: GOMAXPROCS
	// PartitionBy(key) modulo Partitions is the key's partition, always the same. Default: seeded
	// xxh3 of strings and byte arrays, a seeded mix of integers, maphash.Comparable of all else.
	PartitionBy func(key K) uint64
	// Initial is what the buffer begins with, such as what a former one left: entries with
	// all their fields but Attempts, which count as writes, in order. They must fit Capacity,
	// but may exceed MaxBytes, as overwrites may; and may be in the sink already (see
	// Undelivered). Default: none.
	Initial iter.Seq[Entry[K, V]]
	// AbandonStuck leaves a call behind 250 ms after the end of its context: it fails with
	// ErrAbandoned, but a key may be delivered by it and its retry at once, in either order.
	// Default: false, the partition waits, stuck.
	AbandonStuck bool
}

const (
	maxPartitions = 1 << 16
	maxCapacity   = 1 << 48
)

// resolve fills in the defaults and validates everything: the one place for both.
func (o *Options[K, V]) resolve() (Settings, error) {
	switch {
	case o.Processor == nil && o.TableProcessor == nil:
		return Settings{}, fmt.Errorf("%w: Processor and TableProcessor are both nil, one must be set", ErrOptions)
	case o.Processor != nil && o.TableProcessor != nil:
		return Settings{}, fmt.Errorf("%w: Processor and TableProcessor are both set, only one may be", ErrOptions)
	case o.Partitions < 0 || o.Partitions > maxPartitions:
		return Settings{}, fmt.Errorf("%w: Partitions is %d, must be 1 to %d (0: default)", ErrOptions, o.Partitions, maxPartitions)
	}
	switch {
	case !utf8.ValidString(o.Name): // metrics and pages could not show it
		return Settings{}, fmt.Errorf("%w: Name is %q, must be UTF-8", ErrOptions, o.Name)
	case o.Capacity < 0 || int64(o.Capacity) > maxCapacity:
		return Settings{}, fmt.Errorf("%w: Capacity is %d, must be 1 to %d (0: no bound)", ErrOptions, o.Capacity, int64(maxCapacity))
	case o.Merge != nil && o.Newer != nil:
		return Settings{}, fmt.Errorf("%w: Merge and Newer are both set, only one may be", ErrOptions)
	case o.Newer != nil && o.VersionMemory != 0:
		return Settings{}, fmt.Errorf("%w: VersionMemory is %d, but Newer is set: versions are in the values", ErrOptions, o.VersionMemory)
	case o.VersionMemory < 0:
		return Settings{}, fmt.Errorf("%w: VersionMemory is %d, must not be negative", ErrOptions, o.VersionMemory)
	case o.OnFull > DropNewest:
		return Settings{}, fmt.Errorf("%w: OnFull is %v, must be Block, Reject, DropOldest or DropNewest", ErrOptions, o.OnFull)
	case o.MaxBytes < 0 || int64(o.MaxBytes) > maxCapacity:
		return Settings{}, fmt.Errorf("%w: MaxBytes is %d, must be 1 to %d (0: no bound)", ErrOptions, o.MaxBytes, int64(maxCapacity))
	case o.MaxBytes > 0 && o.SizeOf == nil:
		return Settings{}, fmt.Errorf("%w: MaxBytes is %d, but SizeOf is nil", ErrOptions, o.MaxBytes)
	case o.MaxBytes == 0 && o.SizeOf != nil:
		return Settings{}, fmt.Errorf("%w: SizeOf is set, but MaxBytes is 0", ErrOptions)
	case o.OnFull != Block && o.Capacity == 0 && o.MaxBytes == 0:
		return Settings{}, fmt.Errorf("%w: OnFull is %v, but Capacity and MaxBytes are 0: the buffer is never full", ErrOptions, o.OnFull)
	}
	if err := o.Retry.resolve(); err != nil {
		return Settings{}, err
	}
	if o.Name == "" {
		o.Name = DefaultName
	}
	if o.Partitions == 0 {
		o.Partitions = runtime.GOMAXPROCS(0)
	}
	s := o.settings()
	return s, o.checkSettings(&s)
}

func orDefault[T comparable](value, def T) T {
	var zero T
	if value == zero {
		return def
	}
	return value
}
