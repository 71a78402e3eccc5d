package pbuf

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"time"
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
// must be at least 100 microseconds, which catches a number without its unit.
type Options[K comparable, V any] struct {
	// Processor delivers batches. Either it or TableProcessor must be set.
	Processor Processor[K, V]
	// TableProcessor delivers whole generations.
	TableProcessor TableProcessor[K, V]
	// FlushInterval is the time from the end of one flush of a partition to the start of
	// its next. The first comes after a random part of it, so that partitions do not fire
	// together. Default: 5 s.
	FlushInterval time.Duration
	// BatchSize is the most entries in one batch. Default: 512. Not with a TableProcessor.
	BatchSize int
	// Name labels the buffer in hooks, Stats and pprof. Default: "pbuf".
	Name string

	// Delivery and its failures.

	// Retry says what happens to entries whose delivery failed. Default: they are
	// requeued, with a backoff, until they are delivered.
	Retry Retry
	// DeadLetter takes what is given up, and why: after Retry.MaxAttempts, with Permanent,
	// or at once with GiveUp. It is called like Processor. If it returns nil, the entries
	// are in safe hands; otherwise they are dropped and counted. Default: none, dropped.
	DeadLetter func(ctx context.Context, entries []Entry[K, V], err error) error
	// ProcessorTimeout bounds one call of the processor, through its context. A call that
	// ignores it is waited for, unless AbandonStuck is set. Default: 1 min.
	ProcessorTimeout time.Duration
	// FlushThreshold is the number of entries in a partition at which it is flushed at
	// once, without waiting for the interval. Default: 0, off.
	FlushThreshold int
	// Hooks are called as the buffer works. Default: none.
	Hooks Hooks

	// Bounds: see "A full buffer" in the package documentation.

	// Capacity bounds the distinct entries, those in flight included. Default: 0, no bound.
	Capacity int
	// MaxBytes bounds the sum of the entries' sizes. Default: 0, no bound.
	MaxBytes int
	// SizeOf returns the size of an entry, in the unit of MaxBytes; it goes with that.
	SizeOf func(key K, value V) int
	// OnFull says what becomes of a new key in a full buffer. Default: Block.
	OnFull FullPolicy

	// What a write means: see "Order and versions" and "Functions of the user".

	// VersionMemory is for how many keys per partition, at least, the version delivered
	// last is remembered; up to twice as many are kept. Default: 0, none.
	VersionMemory int
	// Newer reports whether new has a higher version than old, a strict order, and makes
	// Put keep the newer one. Not with Merge or VersionMemory. Default: none.
	Newer func(old, new V) bool
	// Merge combines the value of a plain Put with the buffered one instead of replacing
	// it: maxima, sets, sketches, and with Replay sums. Default: none.
	Merge func(key K, old, new V) V
	// Tombstones makes Delete put a tombstone, delivered as an entry with Deleted set, and
	// allows DeleteNewer. Default: false, Delete erases and the sink is not told.
	Tombstones bool

	// For few.

	// Partitions is the number of flushers, and of processor calls that may run at once,
	// at most 65536. Default: GOMAXPROCS.
	Partitions int
	// PartitionBy routes a key to partition PartitionBy(key) modulo Partitions, always the
	// same for one key. Default: seeded xxh3 of strings and byte arrays, a seeded mix of
	// integers, maphash.Comparable of anything else.
	PartitionBy func(key K) uint64
	// Initial is what the buffer begins with, such as what a former one left, with
	// versions, updates, attempts and tombstones. The entries count as writes, in their
	// order. More of them than the bounds allow is an error. Default: none.
	Initial iter.Seq[Entry[K, V]]
	// AbandonStuck leaves a call behind that has not returned 250 ms after the end of its
	// context, as failed with ErrAbandoned. It may overlap its retry: a key may be delivered
	// twice at once, in either order. Default: false, the partition waits, stuck.
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
