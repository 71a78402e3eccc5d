package pbuf

import (
	"fmt"
	"runtime"
	"time"
)

// Defaults of Options.
const (
	DefaultName               = "pbuf"
	DefaultProcessingInterval = 5 * time.Second
	DefaultProcessingTimeout  = time.Minute
	DefaultBatchSize          = 512
)

// Options configure New. In all of them the zero value means the default, and a
// negative number is an error that wraps ErrOptions.
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

	// ProcessingInterval is the time from the end of one delivery of a partition
	// to the start of its next; the first comes after a random part of it, so that
	// partitions do not fire together. Default: 5 s.
	ProcessingInterval time.Duration
	// ProcessingTimeout bounds one call of the processor, through its context; a
	// processor that ignores its context is waited for. Default: 1 min.
	ProcessingTimeout time.Duration
	// BatchSize is the most entries in one batch. Default: 512. It has no meaning
	// for a TableProcessor.
	BatchSize int
	// DrainThreshold is the number of entries in a partition at which its delivery
	// starts at once, without waiting for the interval. Default: 0, off.
	DrainThreshold int

	// PartitionBy routes a key: its partition is PartitionBy(key) modulo
	// Partitions. It must always give the same result for the same key, and is
	// called on the writer's goroutine before anything is touched, so a panic in it
	// is the writer's own. Default: seeded xxh3 of strings and byte arrays, a
	// seeded mix of integers, maphash.Comparable of anything else.
	PartitionBy func(key K) uint64

	// Hooks are called as the buffer works. Default: none.
	Hooks Hooks
}

const maxPartitions = 1 << 16

// settings are the options that UpdateOptions can change. A snapshot of them is
// never written to.
type settings struct {
	interval  time.Duration
	timeout   time.Duration
	batch     int
	threshold int
}

// resolve fills in the defaults and validates everything: the one place for both.
func (o *Options[K, V]) resolve() (settings, error) {
	switch {
	case o.Processor == nil && o.TableProcessor == nil:
		return settings{}, fmt.Errorf("%w: Processor and TableProcessor are both nil, one must be set", ErrOptions)
	case o.Processor != nil && o.TableProcessor != nil:
		return settings{}, fmt.Errorf("%w: Processor and TableProcessor are both set, only one may be", ErrOptions)
	case o.Partitions < 0 || o.Partitions > maxPartitions:
		return settings{}, fmt.Errorf("%w: Partitions is %d, must be 1 to %d (0: default)", ErrOptions, o.Partitions, maxPartitions)
	}
	if o.Name == "" {
		o.Name = DefaultName
	}
	if o.Partitions == 0 {
		o.Partitions = runtime.GOMAXPROCS(0)
	}
	s := settings{
		interval:  orDefault(o.ProcessingInterval, DefaultProcessingInterval),
		timeout:   orDefault(o.ProcessingTimeout, DefaultProcessingTimeout),
		batch:     orDefault(o.BatchSize, DefaultBatchSize),
		threshold: o.DrainThreshold,
	}
	return s, s.validate()
}

func orDefault[T comparable](value, def T) T {
	var zero T
	if value == zero {
		return def
	}
	return value
}

// validate is shared by New and UpdateOptions.
func (s *settings) validate() error {
	switch {
	case s.interval <= 0:
		return fmt.Errorf("%w: ProcessingInterval is %v, must be positive", ErrOptions, s.interval)
	case s.timeout <= 0:
		return fmt.Errorf("%w: ProcessingTimeout is %v, must be positive", ErrOptions, s.timeout)
	case s.batch <= 0:
		return fmt.Errorf("%w: BatchSize is %d, must be positive", ErrOptions, s.batch)
	case s.threshold < 0:
		return fmt.Errorf("%w: DrainThreshold is %d, must not be negative", ErrOptions, s.threshold)
	}
	return nil
}
