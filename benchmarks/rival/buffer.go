package rival

import (
	"time"

	"github.com/partitioned-buffer/go/benchmarks/workload"
	"github.com/partitioned-buffer/go/pbuf"
)

// Entry is what a processor gets.
type Entry[K comparable, V any] = pbuf.Entry[K, V]

// BatchSize is the most entries a processor gets at a time.
const BatchSize = 512

// Buffer is the job. All methods but Close may be called concurrently.
type Buffer[K comparable, V any] interface {
	Put(key K, value V)
	PutNewer(key K, value V, version int64) (stored bool)
	Get(key K) (V, bool)
	Delete(key K) (deleted bool)
	PutAll(keys []K, value V)

	// Run carries out ops and returns how many of them stored, found or
	// deleted something (Put does not count). It is the hot loop of every
	// benchmark and lives in the contender so that the calls in it are
	// direct, as they are in a program that uses it.
	Run(ops *Ops[K, V]) (hits int)

	Flush() // returns when all that was put before is delivered
	Close() // the last flush; nothing may be called beside or after it
}

// Ops is a chunk of operations: the kinds by key, one value for all, and for
// PutNewer the version of the first (the next one has the next version).
type Ops[K comparable, V any] struct {
	Keys    []K
	Kinds   []workload.Kind
	Value   V
	Version int64
}

// Config is what a contender is made with.
type Config[K comparable, V any] struct {
	// Hash routes keys to shards where no cheaper way is built in.
	Hash func(key K) uint64
	// Interval between flushes; 0 flushes only when Flush is called.
	Interval time.Duration
	// Partitions of pbuf; 0 is its default.
	Partitions int
	// Sink is the processor: it is handed each batch and may not keep it. Some
	// contenders call it from several goroutines at a time.
	Sink func(batch []Entry[K, V])
}

// Job is a set of the things that a contender does.
type Job uint

// The parts of the job.
const (
	Puts      Job = 1 << iota
	Newer         // PutNewer
	Gets          // Get
	Deletes       // Delete
	Flushes       // Flush and the interval: entries reach the sink
	Coalesces     // one entry per key and flush
	Answers       // what PutNewer and Delete return is true
	Lossless      // never drops an entry
)

// All is the whole job.
const All = Puts | Newer | Gets | Deletes | Flushes | Coalesces | Answers | Lossless

// Contender is a way to make a Buffer.
type Contender[K comparable, V any] struct {
	Name string
	Can  Job
	New  func(Config[K, V]) Buffer[K, V]
}
