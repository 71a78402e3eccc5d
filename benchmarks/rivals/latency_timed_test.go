package rivals

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/benchmarks/rival"
	"github.com/partitioned-buffer/go/benchmarks/workload"
)

// stall is a buffer whose every thousandth Put takes long.
type stall struct {
	rival.Buffer[int, int]
	calls *atomic.Int64
}

const stallFor = 5 * time.Millisecond

func (s stall) Put(int, int) {
	if s.calls.Add(1)%1000 == 0 {
		for start := time.Now(); time.Since(start) < stallFor; {
		}
	}
}

func TestTimedFindsTheStalls(t *testing.T) {
	load := workload.IntKeys("", workload.UniformOver(workload.Space), workload.Each(workload.Put))
	const n = 10_007 // no multiple of a chunk
	h := timed(stall{calls: new(atomic.Int64)}, load, n)
	if h.TotalCount() != n {
		t.Errorf("%d times taken, want %d", h.TotalCount(), n)
	}
	if top := time.Duration(h.ValueAtQuantile(99.99)); top < stallFor*99/100 {
		t.Errorf("p99.99 is %v, want at least a stall of %v", top, stallFor)
	}
	if mid := time.Duration(h.ValueAtQuantile(50)); mid >= stallFor {
		t.Errorf("p50 is %v, want less than a stall", mid)
	}
}
