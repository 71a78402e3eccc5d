package harness

import (
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/partitioned-buffer/go/benchmarks/rival"
	"github.com/partitioned-buffer/go/benchmarks/workload"
)

// A contender gets five intervals to reach its steady state, within bounds. The
// first hundred thousand operations on fresh memory cost several times what
// later ones do, whoever runs them.
const (
	minWarmUp = 40 * time.Millisecond
	maxWarmUp = 150 * time.Millisecond
)

// setup is a contender made ready. It outlives the runs of one benchmark, so
// that what is measured is the steady state, unless the case is a cold one.
type setup[K comparable, V any] struct {
	c       *Case[K, V]
	buf     rival.Buffer[K, V]
	procs   int
	streams []*workload.Stream[K]
	clock   atomic.Int64 // versions given out, one per operation

	delivered atomic.Int64
	sum       atomic.Uint64
}

func (c *Case[K, V]) setup(contender rival.Contender[K, V], procs int) *setup[K, V] {
	s := &setup[K, V]{c: c, procs: procs}
	s.clock.Store(1)
	for w := range procs {
		s.streams = append(s.streams, c.Load.Stream(w))
	}
	s.buf = contender.New(rival.Config[K, V]{
		Hash:       c.Hash,
		Interval:   c.Interval,
		Partitions: c.Partitions,
		Sink:       s.sink,
	})
	if c.Interval == 0 {
		if !c.Cold {
			s.prefill()
			s.buf.Flush()
		}
		s.prefill()
	}
	if !c.Cold {
		s.warmUp()
	}
	return s
}

// sink looks at every entry, as a processor would, and costs little else.
func (s *setup[K, V]) sink(batch []rival.Entry[K, V]) {
	var sum uint64
	for i := range batch {
		sum += batch[i].Updates
	}
	s.sum.Add(sum)
	s.delivered.Add(int64(len(batch)))
}

func (s *setup[K, V]) prefill() {
	for _, key := range s.c.Load.Prefill() {
		if s.c.Stale {
			s.buf.PutNewer(key, s.c.Value, math.MaxInt64)
		} else {
			s.buf.Put(key, s.c.Value)
		}
	}
}

func (s *setup[K, V]) warmUp() {
	until := time.Now().Add(min(max(5*s.c.Interval, minWarmUp), maxWarmUp))
	for time.Now().Before(until) {
		s.run(s.procs * workload.Chunk)
	}
}

// run carries out n operations on as many goroutines as there are processors.
// They claim chunks as they go, so a goroutine that loses its processor holds
// up no more than its chunk.
func (s *setup[K, V]) run(n int) (hits int) {
	chunk := workload.Chunk
	if s.c.Batch > 0 {
		chunk = (chunk + s.c.Batch - 1) / s.c.Batch * s.c.Batch
	}
	first := s.clock.Add(int64(n)) - int64(n)
	var claimed, all atomic.Int64
	var running sync.WaitGroup
	for _, stream := range s.streams {
		running.Go(func() {
			w := worker[K, V]{setup: s, stream: stream}
			w.ops.Value = s.c.Value
			for {
				start := int(claimed.Add(int64(chunk))) - chunk
				if start >= n {
					break
				}
				w.do(min(chunk, n-start), first+int64(start))
			}
			all.Add(int64(w.hits))
		})
	}
	running.Wait()
	return int(all.Load())
}

// close may be called on a setup that was never made.
func (s *setup[K, V]) close() {
	if s != nil {
		s.buf.Close()
	}
}

type worker[K comparable, V any] struct {
	*setup[K, V]
	stream *workload.Stream[K]
	ops    rival.Ops[K, V]
	hits   int
}

func (w *worker[K, V]) do(n int, version int64) {
	for n > 0 {
		if batch := w.c.Batch; batch > 0 {
			keys, _ := w.stream.Next(min(n, batch))
			w.buf.PutAll(keys, w.c.Value)
			n -= len(keys)
			continue
		}
		w.ops.Keys, w.ops.Kinds = w.stream.Next(n)
		w.ops.Version = version
		w.hits += w.buf.Run(&w.ops)
		n -= len(w.ops.Keys)
		version += int64(len(w.ops.Keys))
	}
}
