package rivals

import (
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/partitioned-buffer/go/benchmarks/harness"
	"github.com/partitioned-buffer/go/benchmarks/rival"
	"github.com/partitioned-buffer/go/benchmarks/workload"
)

// BenchmarkLatencyGrowing times single Puts of 8 writers while an empty buffer
// grows to a million keys, without a flush. Percentiles are of all b.N buffers
// together, max-ns is the slowest Put of any.
func BenchmarkLatencyGrowing(b *testing.B) {
	contenders := slices.Concat(
		[]rival.Contender[int, int]{rival.Us[int, int]()},
		rival.IntMutexes[int, int](),
		rival.Others[int, int](),
	)
	const keys = 1_000_000
	load := workload.Filling(keys)
	b.Run("keys=1M", func(b *testing.B) {
		for _, c := range harness.Rotated(contenders) {
			if c.Can&rival.Answers != 0 { // Put of the others returns before the key is in
				b.Run("buf="+c.Name, func(b *testing.B) { latencyGrowing(b, c, load, keys) })
			}
		}
	})
}

func latencyGrowing(b *testing.B, c rival.Contender[int, int], load *workload.Load[int], keys int) {
	all := hdrhistogram.New(1, int64(time.Minute), 3)
	b.StopTimer()
	for range b.N {
		var delivered atomic.Int64
		buf := c.New(rival.Config[int, int]{
			Hash: rival.HashInt[int],
			Sink: func(batch []rival.Entry[int, int]) { delivered.Add(int64(len(batch))) },
		})
		b.StartTimer()
		all.Merge(timed(buf, load, keys))
		b.StopTimer()
		buf.Close()
		if got := delivered.Load(); got != int64(keys) {
			b.Fatalf("%d keys were in the buffer, want %d", got, keys)
		}
	}
	reportTimes(b, all, b.N*keys)
}
