// Package harness runs one workload on several contenders, all in the same
// way: the same goroutines, keys and chunks, the same warm-up, the same sink.
package harness

import (
	"flag"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/benchmarks/rival"
	"github.com/partitioned-buffer/go/benchmarks/workload"
)

var rotate = flag.Int("rotate", 0, "start with this contender; successive runs of a comparison use 0, 1, 2, ...")

// Case is a workload and what the contenders are given for it.
type Case[K comparable, V any] struct {
	Load  *workload.Load[K]
	Hash  func(K) uint64
	Value V
	Needs rival.Job // contenders that cannot do this are left out

	// Interval between flushes; with one the clock covers delivery of all that
	// was written under it, without one the keys are put before the clock
	// starts and stay: after one flush, as in all of a buffer's life but its
	// first interval.
	Interval   time.Duration
	Partitions int  // of pbuf; 0 is its default
	Batch      int  // writes go through PutAll in batches of this size; 0: one by one
	Stale      bool // PutNewer meets versions newer than its own
	GC         bool // report the share of garbage collection in the time used

	// Cold is the start of a buffer's life: each measurement gets a buffer of
	// its own, which saw no flush and no operation but the filling.
	Cold    bool
	Collect bool // collect garbage between the filling and the clock

	// Hits is the share of operations that must store, find or delete, from
	// and to: a benchmark that measures something else than it says fails.
	Hits [2]float64
}

// Compare runs the case as a sub-benchmark of b for each contender.
func (c *Case[K, V]) Compare(b *testing.B, contenders ...[]rival.Contender[K, V]) {
	for _, contender := range c.able(contenders) {
		var s *setup[K, V]
		b.Run("buf="+contender.Name, func(b *testing.B) {
			if procs := runtime.GOMAXPROCS(0); s == nil || s.procs != procs {
				s.close()
				s = c.setup(contender, procs)
			}
			c.measure(b, s)
			if c.Cold { // now, so that the next one does not start beside its garbage
				s.close()
				s = nil
			}
		})
		s.close()
	}
}

// able are the contenders that can do what the case needs, in this run's order.
func (c *Case[K, V]) able(contenders [][]rival.Contender[K, V]) (able []rival.Contender[K, V]) {
	for _, group := range contenders {
		for _, contender := range group {
			if contender.Can&c.Needs == c.Needs {
				able = append(able, contender)
			}
		}
	}
	return Rotated(able)
}

// Rotated is the order in which this run takes the contenders.
func Rotated[T any](contenders []T) []T {
	if len(contenders) == 0 {
		return nil
	}
	first := *rotate % len(contenders)
	return slices.Concat(contenders[first:], contenders[:first])
}

func (c *Case[K, V]) measure(b *testing.B, s *setup[K, V]) {
	b.ReportAllocs()
	if c.Interval > 0 && !c.Cold {
		s.buf.Flush() // start empty
	}
	if c.Collect {
		runtime.GC()
	}
	var used cpu
	if c.GC {
		used = cpuNow()
	}
	before := s.delivered.Load()
	spent, known := cpuTime()
	b.ResetTimer()
	hits := s.run(b.N)
	if c.Interval > 0 {
		s.buf.Flush() // end delivered
	}
	b.StopTimer()
	if after, ok := cpuTime(); ok && known {
		b.ReportMetric(float64(after-spent)/float64(b.N), "cpu-ns/op")
	}
	if c.GC {
		b.ReportMetric(used.gcShare(), "gc-%")
	}
	if c.Interval > 0 {
		b.ReportMetric(float64(s.delivered.Load()-before)/float64(b.N), "delivered/op")
	}
	share := float64(hits) / float64(b.N)
	if b.N >= 1000 && (share < c.Hits[0] || share > c.Hits[1]) {
		b.Fatalf("%.3f of the operations hit, want %.2f to %.2f", share, c.Hits[0], c.Hits[1])
	}
}
