package rivals

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/partitioned-buffer/go/benchmarks/harness"
	"github.com/partitioned-buffer/go/benchmarks/rival"
	"github.com/partitioned-buffer/go/benchmarks/workload"
)

const (
	latencyWriters  = 8
	latencyInterval = 10 * time.Millisecond
	slowBatch       = time.Millisecond // what the slow processor takes for each batch
)

// BenchmarkLatency times single Puts of 8 writers, zipf, with a flush every
// 10 ms, and reports percentiles. A time includes one reading of the clock.
func BenchmarkLatency(b *testing.B) {
	contenders := slices.Concat(
		[]rival.Contender[int, int]{rival.Us[int, int]()},
		rival.IntMutexes[int, int](),
		rival.Others[int, int](),
		Contenders[int, int](),
		[]rival.Contender[int, int]{OTelContender()},
	)
	load := workload.IntKeys("", workload.ZipfOver(workload.Space), workload.Each(workload.Put))
	for _, processor := range []struct {
		name  string
		takes time.Duration
	}{{"processor=fast", 0}, {"processor=slow", slowBatch}} {
		b.Run(processor.name, func(b *testing.B) {
			for _, c := range harness.Rotated(contenders) {
				if c.Can&rival.Flushes != 0 {
					b.Run("buf="+c.Name, func(b *testing.B) { latency(b, c, load, processor.takes) })
				}
			}
		})
	}
}

func latency(b *testing.B, c rival.Contender[int, int], load *workload.Load[int], takes time.Duration) {
	buf := c.New(rival.Config[int, int]{
		Hash:     rival.HashInt[int],
		Interval: latencyInterval,
		Sink: func([]rival.Entry[int, int]) {
			if takes > 0 {
				time.Sleep(takes)
			}
		},
	})
	defer buf.Close()
	timed(buf, load, 20*latencyWriters*workload.Chunk) // warm caches, tables and pages
	runtime.GC()
	b.ResetTimer()
	h := timed(buf, load, b.N)
	b.StopTimer()
	reportTimes(b, h, b.N)
}

func reportTimes(b *testing.B, h *hdrhistogram.Histogram, n int) {
	if h.TotalCount() != int64(n) {
		b.Fatalf("%d times taken, want %d", h.TotalCount(), n)
	}
	for _, q := range []struct {
		unit string
		at   float64
	}{{"p50-ns", 50}, {"p99-ns", 99}, {"p99.9-ns", 99.9}, {"p99.99-ns", 99.99}, {"max-ns", 100}} {
		b.ReportMetric(float64(h.ValueAtQuantile(q.at)), q.unit)
	}
}

// timed puts n times and returns what each took, in nanoseconds.
func timed(buf rival.Buffer[int, int], load *workload.Load[int], n int) *hdrhistogram.Histogram {
	var claimed atomic.Int64
	var running sync.WaitGroup
	times := make([]*hdrhistogram.Histogram, latencyWriters)
	for w := range times {
		times[w] = hdrhistogram.New(1, int64(time.Minute), 3)
		stream := load.Stream(w)
		running.Go(func() {
			for {
				left := n - int(claimed.Add(workload.Chunk)) + workload.Chunk
				if left <= 0 {
					return
				}
				keys, _ := stream.Next(min(left, workload.Chunk))
				timeEach(buf, keys, times[w])
			}
		})
	}
	running.Wait()
	for _, h := range times[1:] {
		times[0].Merge(h)
	}
	return times[0]
}

func timeEach(buf rival.Buffer[int, int], keys []int, h *hdrhistogram.Histogram) {
	start := time.Now()
	for _, key := range keys {
		before := time.Since(start)
		buf.Put(key, 1)
		took := time.Since(start) - before
		if err := h.RecordValue(max(1, int64(took))); err != nil {
			panic(err) // above a minute
		}
	}
}
