package harness

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/benchmarks/rival"
	"github.com/partitioned-buffer/go/benchmarks/workload"
)

// tally is a contender that only counts what it is asked to do.
type tally struct {
	mu       sync.Mutex
	ops      int
	batches  []int
	versions map[int64]bool
	puts     int // one by one, as the filling does
	flushes  int
	closed   bool
}

func (c *tally) contender() rival.Contender[int, int] {
	return rival.Contender[int, int]{Name: "tally", Can: rival.All, New: func(rival.Config[int, int]) rival.Buffer[int, int] {
		return c
	}}
}

func (c *tally) Put(int, int)                  { c.puts++ }
func (c *tally) PutNewer(int, int, int64) bool { return true }
func (c *tally) Get(int) (int, bool)           { return 0, true }
func (c *tally) Delete(int) bool               { return true }
func (c *tally) Flush()                        { c.flushes++ }
func (c *tally) Close()                        { c.closed = true }

func (c *tally) PutAll(keys []int, _ int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.batches = append(c.batches, len(keys))
}

func (c *tally) Run(ops *rival.Ops[int, int]) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ops += len(ops.Keys)
	for i := range ops.Keys {
		c.versions[ops.Version+int64(i)] = true
	}
	return len(ops.Keys)
}

func puts() *workload.Load[int] {
	return workload.IntKeys("", workload.UniformOver(workload.Space), workload.Each(workload.PutNewer))
}

func TestRunDoesEachOperationOnce(t *testing.T) {
	c := &tally{versions: map[int64]bool{}}
	s := (&Case[int, int]{Load: puts()}).setup(c.contender(), 3)
	total := c.ops // of the warm-up
	for _, n := range []int{1, 255, 256, 257, 200_000} {
		if hits := s.run(n); hits != n {
			t.Errorf("%d hits of %d operations", hits, n)
		}
		total += n
	}
	if c.ops != total || len(c.versions) != total {
		t.Errorf("%d operations with %d versions, want %d of each", c.ops, len(c.versions), total)
	}
}

func TestRunPutsBatchesOfTheSize(t *testing.T) {
	for _, size := range []int{10, 100, 1000} {
		c := &tally{}
		s := (&Case[int, int]{Load: puts(), Batch: size}).setup(c.contender(), 2)
		c.batches = nil           // of the warm-up
		const entries = 1_000_000 // so that the sequence starts again a few times
		s.run(entries)
		sum, short := 0, 0
		for _, n := range c.batches {
			sum += n
			if n != size {
				short++
			}
		}
		if sum != entries || short > 0 {
			t.Errorf("size %d: %d entries, %d batches of another size", size, sum, short)
		}
	}
}

func TestWarmUpEndsByItself(t *testing.T) {
	c := &tally{versions: map[int64]bool{}}
	s := (&Case[int, int]{Load: puts(), Interval: time.Millisecond}).setup(c.contender(), 1)
	if c.ops == 0 {
		t.Error("nothing ran before the clock")
	}
	s.close()
	if !c.closed {
		t.Error("the contender was not closed")
	}
	(*setup[int, int])(nil).close() // of a benchmark that was filtered out
}

func TestRotatedKeepsAll(t *testing.T) {
	defer func(old int) { *rotate = old }(*rotate)
	for by, want := range map[int][]int{0: {1, 2, 3}, 1: {2, 3, 1}, 5: {3, 1, 2}} {
		*rotate = by
		if got := Rotated([]int{1, 2, 3}); !slices.Equal(got, want) {
			t.Errorf("rotated by %d: %v, want %v", by, got, want)
		}
	}
	if got := Rotated([]int(nil)); got != nil {
		t.Errorf("rotated nothing: %v", got)
	}
}
