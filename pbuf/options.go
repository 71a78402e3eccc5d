package pbuf

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"time"
)

// Defaults of Options.
const (
	DefaultName             = "pbuf"
	DefaultFlushInterval    = 5 * time.Second
	DefaultProcessorTimeout = time.Minute
	DefaultBatchSize        = 512
)

// Options configure New. In all of them the zero value means the default. A value
// out of range is an error that wraps ErrOptions, and so is an option that has no
// meaning beside the others. A duration must be at least 100 microseconds, so that a
// number without its unit is found out.
type Options[K comparable, V any] struct {
	// Name labels the buffer in hooks, Stats and pprof. Default: "pbuf".
	Name string

	// Processor delivers batches. Exactly one of Processor and TableProcessor must
	// be set.
	Processor Processor[K, V]
	// TableProcessor delivers whole generations.
	TableProcessor TableProcessor[K, V]

	// Partitions is the number of partitions: of flushers, and of processor calls
	// that may run at once. Default: GOMAXPROCS. At most 65536.
	Partitions int

	// FlushInterval is the time from the end of one delivery of a partition
	// to the start of its next; the first comes after a random part of it, so that
	// partitions do not fire together. Default: 5 s.
	FlushInterval time.Duration
	// ProcessorTimeout bounds one call of the processor, through its context; a
	// processor that ignores its context is waited for, unless AbandonStuck is set.
	// Default: 1 min.
	ProcessorTimeout time.Duration
	// BatchSize is the most entries in one batch. Default: 512. Not with a
	// TableProcessor, which gets whole generations.
	BatchSize int
	// FlushThreshold is the number of entries in a partition at which its delivery
	// starts at once, without waiting for the interval. Default: 0, off.
	FlushThreshold int

	// Retry says what happens to entries whose delivery failed. Default: they are
	// requeued, with a backoff, until they are delivered.
	Retry Retry
	// DeadLetter takes the entries that are given up: after Retry.MaxAttempts, with
	// Permanent, or at once with the policy GiveUp. err is the processor's reason. It
	// is called like Processor: on the partition's flusher, under ProcessorTimeout,
	// with at most one batch of entries (a TableProcessor: of a generation), which
	// it must not keep, and its panics are caught. nil means that the entries are in
	// safe hands; otherwise they are dropped and counted. Default: none, dropped and
	// counted at once.
	DeadLetter func(ctx context.Context, entries []Entry[K, V], err error) error
	// AbandonStuck lets the flusher go on without a processor that has not returned
	// 250 ms after the end of its context: the call counts as failed with
	// ErrAbandoned, its entries are requeued (or given up), and its goroutine is left
	// behind until it returns. This waives the guarantee that a key is never
	// delivered twice at the same time: the abandoned call and the retry may overlap
	// and finish in either order. Each call costs a goroutine more. Default: false,
	// the partition waits, and is counted as stuck in Stats; others go on.
	AbandonStuck bool

	// Capacity bounds the distinct entries of the buffer, all partitions together:
	// those in the current generations and those in flight, which may come back. It
	// is strict. An overwrite of a buffered key takes no room; a key that is in
	// flight alone counts as new. A write that finds the buffer full starts the
	// delivery of all partitions that are not backing off. Default: 0, no bound.
	Capacity int
	// MaxBytes bounds the sum of the entries' sizes, as SizeOf tells them, beside
	// Capacity or without it: of those in the current generations, and of those in
	// flight. A new key that does not
	// fit finds the buffer full. An overwrite of a buffered key is always taken, and
	// so is what Merge makes of it: the sum may exceed MaxBytes by what values grew,
	// and then no new key fits. An entry of more than MaxBytes never fits: Block
	// refuses it as Reject does, DropOldest drops it and nothing else.
	//
	// The price: 8 bytes per slot, and the size of each entry is looked up when it is
	// written over and when it is disposed of. Default: 0, no bound.
	MaxBytes int
	// SizeOf tells the size of an entry, from 0 to 2^48, for MaxBytes: it must be set
	// if that is, and only then. The unit is its own. It is asked once per write, of
	// the value that is to be stored (with Merge, of each value that it made; for a
	// tombstone, of the zero value), on the writer's goroutine with nothing held. So
	// a panic in it is the writer's own, and for any other number the writer gets an
	// error that wraps ErrArgument; nothing has changed then. In one case it runs on
	// the flusher, for what Merge made of a failed delivery: if it fails there, the
	// sizes of both values count.
	SizeOf func(key K, value V) int
	// OnFull says what becomes of a new key in a full buffer. Default: Block.
	OnFull FullPolicy

	// VersionMemory is for how many keys per partition the version that was delivered
	// last is remembered: PutNewer and DeleteNewer compare with it too, where the
	// key is neither buffered nor in flight. It holds for the keys delivered last, at
	// least that many; up to twice as many are kept. A plain Put does not look at it,
	// and is remembered as version 0 when it is delivered.
	//
	// The guarantee: no version reaches the processor after a higher one of its key,
	// unless a plain Put or Delete of the key came in between, the higher one was
	// given up, or its partition has delivered VersionMemory other keys since. With 0, the default, the memory ends when
	// the delivery of a key's generation ends, however long its retries took.
	VersionMemory int

	// Tombstones makes Delete leave a tombstone that is delivered as an entry with
	// Deleted set, and allows DeleteNewer. Default: false, Delete erases what is
	// buffered and the sink hears nothing.
	Tombstones bool
	// Merge makes plain Puts combine with the buffered value instead of replacing
	// it: sums, maxima, sketches. A failed delivery combines too, as the old value;
	// versioned writes and tombstones replace and are replaced as without Merge (a
	// value over a tombstone has Entry.Reset set). It runs on the writer's goroutine
	// (where processors run for failed deliveries) on copies, with nothing held, and
	// again if the key was written meanwhile: it must be a pure function of its
	// arguments, and must not change what a pointer in them leads to. If it panics,
	// the caller of Put gets the panic, and nothing has changed; for a failed
	// delivery, the entry is given up. Default: none.
	//
	// A delivery that failed may have reached the sink all the same, and with Requeue
	// its value comes again inside a combined one. That is harmless if Merge is
	// idempotent, as for maxima, unions of sets and most sketches. Sums are not: they
	// come out too high. They need the policy Replay, and a sink that remembers in
	// its transaction which batches it has.
	Merge func(key K, old, new V) V
	// Newer is for versions that are part of the value and that no int64 holds: ULIDs,
	// pairs of epoch and sequence, hybrid clocks with a node. It reports whether the
	// version of new is higher than that of old. With it a Put stores only what is
	// newer than what is buffered, or else in flight for the key, and PutIfNewer says
	// whether it did; the same goes for Initial and for what failed. Versions count
	// until the key's delivery ends, however long its retries took. A Delete wins
	// whatever is there, and what is put over its tombstone has Entry.Reset set.
	//
	// It must be a strict order, and a pure function: it runs on the writer's goroutine,
	// with nothing held, and again if the key was written meanwhile. If it panics, the
	// writer gets the panic, and nothing has changed. Versions as numbers are cheaper
	// (PutNewer), and the two do not mix: with Newer, PutNewer and DeleteNewer return
	// an error that wraps ErrOptions. Not with Merge or VersionMemory. Default: none.
	Newer func(old, new V) bool
	// Initial is what the buffer begins with: what a former one left (Undelivered),
	// or saved entries. They keep version, updates, attempts and tombstones, and
	// count as accepted. Of several entries of one key the one wins that would have
	// as writes in that order. New runs the sequence. With Capacity or MaxBytes, more
	// than that is an error. Default: none.
	Initial iter.Seq[Entry[K, V]]

	// PartitionBy routes a key: its partition is PartitionBy(key) modulo
	// Partitions. It must always give the same result for the same key, and is
	// called on the writer's goroutine before anything is touched, so a panic in it
	// is the writer's own. Default: seeded xxh3 of strings and byte arrays, a
	// seeded mix of integers, maphash.Comparable of anything else.
	PartitionBy func(key K) uint64

	// Hooks are called as the buffer works. Default: none.
	Hooks Hooks
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
