package benchmarks

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/benchmarks/rival"
)

const (
	spike         = 5 * million
	spikeInterval = 2 * time.Second // more than writing the spike takes
)

// BenchmarkSpike reports the heap that a buffer of integers holds after five
// million keys in one interval, delivered, and three intervals more: with
// nothing to do, or a thousand keys in each. Above-fresh-MB is what it holds
// more than at its start, peak-MB with the spike in it.
func BenchmarkSpike(b *testing.B) {
	contenders := []rival.Contender[int, int]{
		rival.Us[int, int](), rival.IntMutexes[int, int]()[1],
	}
	for _, then := range []struct {
		name string
		keys int
	}{{"then=idle", 0}, {"then=1000", 1000}} {
		b.Run(then.name, func(b *testing.B) {
			for _, c := range contenders {
				b.Run("buf="+c.Name, func(b *testing.B) { afterSpike(b, c, then.keys) })
			}
		})
	}
}

func afterSpike(b *testing.B, c rival.Contender[int, int], keys int) {
	var above, peak uint64
	for range b.N {
		buf := c.New(rival.Config[int, int]{
			Hash: rival.HashInt[int], Interval: spikeInterval, Sink: func([]rival.Entry[int, int]) {},
		})
		fresh := inUse().HeapAlloc
		putSpike(buf)
		peak += max(inUse().HeapAlloc, fresh) - fresh
		buf.Flush()
		for range 3 {
			for key := range keys {
				buf.Put(key, key)
			}
			time.Sleep(spikeInterval)
		}
		buf.Flush() // so that nothing is buffered, and what is left is what is kept
		above += max(inUse().HeapAlloc, fresh) - fresh
		buf.Close()
	}
	b.ReportMetric(float64(above)/float64(b.N)/1e6, "above-fresh-MB")
	b.ReportMetric(float64(peak)/float64(b.N)/1e6, "peak-MB")
}

func putSpike(buf rival.Buffer[int, int]) {
	var running sync.WaitGroup
	writers := runtime.GOMAXPROCS(0)
	for w := range writers {
		running.Go(func() {
			for key := w; key < spike; key += writers {
				buf.Put(key, key)
			}
		})
	}
	running.Wait()
}
