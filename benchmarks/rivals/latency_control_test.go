package rivals

import (
	"testing"

	"github.com/partitioned-buffer/go/benchmarks/rival"
	"github.com/partitioned-buffer/go/benchmarks/workload"
)

// BenchmarkLatencyControl is BenchmarkLatencyGrowing with Puts that keep their
// processor as long as one of pbuf does and share nothing: what it finds slow is the
// scheduler's, since 8 writers take turns.
func BenchmarkLatencyControl(b *testing.B) {
	const keys = 1_000_000
	load := workload.Filling(keys)
	b.Run("keys=1M", func(b *testing.B) {
		for range b.N {
			reportTimes(b, timed(&spinner{}, load, keys), keys)
		}
	})
}

// spinner has a Put that computes.
type spinner struct {
	rival.Buffer[int, int]
}

func (*spinner) Put(key, value int) {
	x := uint64(key)
	for range 180 { // about 200 ns
		x = x*6364136223846793005 + 1442695040888963407
	}
	if x == 0 {
		panic("found a fixed point")
	}
}
