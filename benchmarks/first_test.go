package benchmarks

import (
	"testing"
	"time"

	"github.com/partitioned-buffer/go/benchmarks/harness"
	"github.com/partitioned-buffer/go/benchmarks/rival"
	"github.com/partitioned-buffer/go/benchmarks/workload"
)

// BenchmarkFirst is what a buffer's first interval costs: New, 100,000 keys, and
// then one kind of operation, in a buffer of its own so that no write warms what
// a read needs. Nothing is flushed. The clock starts as the filling left the
// heap and, under gc=yes, after a garbage collection.
func BenchmarkFirst(b *testing.B) {
	uniform := workload.UniformOver(space)
	put := workload.IntKeys("op=put", uniform, workload.Each(workload.Put))
	newer := workload.IntKeys("op=newer", uniform, workload.Each(workload.PutNewer))
	stale := workload.IntKeys("op=stale", uniform, workload.Each(workload.PutNewer))
	get := workload.IntKeys("op=get", uniform, workload.Each(workload.Get))
	ints := []contenders[int]{us[int, int](), rival.IntMutexes[int, int](), rival.Others[int, int]()}

	hash := rival.HashInt[int]
	first(b, put, harness.Case[int, int]{Hash: hash, Needs: rival.Puts}, ints)
	first(b, newer, harness.Case[int, int]{Hash: hash, Needs: rival.Newer, Hits: [2]float64{0.9, 1}}, ints)
	first(b, stale, harness.Case[int, int]{Hash: hash, Needs: rival.Newer | rival.Answers, Stale: true}, ints)
	first(b, get, harness.Case[int, int]{Hash: hash, Needs: rival.Gets, Hits: [2]float64{1, 1}}, ints)

	text := workload.Drawn("op=put-string16", space, workload.Strings(16), uniform, workload.Each(workload.Put))
	first(b, text, harness.Case[string, int]{Hash: rival.HashString(), Needs: rival.Puts},
		[]contenders[string]{us[string, int](), rival.Mutexes[string, int](), rival.Others[string, int]()})
}

type contenders[K comparable] = []rival.Contender[K, int]

func first[K comparable](b *testing.B, load *workload.Load[K], c harness.Case[K, int], all []contenders[K]) {
	c.Load, c.Value, c.Cold = load, 1, true
	b.Run(load.Name, func(b *testing.B) {
		withAndWithoutGC(b, c, func(b *testing.B, c *harness.Case[K, int]) { c.Compare(b, all...) })
	})
}

// withAndWithoutGC measures twice: a collection before the clock spares whoever
// has much for the collector to mark, or costs whoever it takes something from.
func withAndWithoutGC[K comparable](b *testing.B, c harness.Case[K, int], measure func(*testing.B, *harness.Case[K, int])) {
	for _, gc := range []string{"gc=no", "gc=yes"} {
		c := c
		c.Collect = gc == "gc=yes"
		b.Run(gc, func(b *testing.B) { measure(b, &c) })
	}
}

// BenchmarkFill fills empty buffers, each from New on.
func BenchmarkFill(b *testing.B) {
	for _, keys := range []struct {
		name string
		n    int
	}{{"keys=100k", space}, {"keys=1M", million}} {
		load := workload.Filling(keys.n)
		c := harness.Case[int, int]{
			Load: load, Hash: rival.HashInt[int], Value: 1, Cold: true, Needs: rival.Puts | rival.Flushes,
		}
		b.Run(keys.name, func(b *testing.B) {
			withAndWithoutGC(b, c, func(b *testing.B, c *harness.Case[int, int]) {
				c.Fill(b, keys.n, us[int, int](), rival.IntMutexes[int, int](), rival.Others[int, int]())
			})
		})
	}
}

// BenchmarkFlushCold is BenchmarkFlush from New on: the first flushes, which
// nothing has prepared, are part of it.
func BenchmarkFlushCold(b *testing.B) {
	c := harness.Case[int, int]{
		Load: workload.IntKeys("", workload.UniformOver(space), workload.Each(workload.Put)),
		Hash: rival.HashInt[int], Value: 1, Cold: true, Needs: rival.Flushes, Interval: time.Millisecond,
	}
	b.Run("every=1ms", func(b *testing.B) {
		withAndWithoutGC(b, c, func(b *testing.B, c *harness.Case[int, int]) {
			c.Compare(b, us[int, int](), rival.IntMutexes[int, int](), rival.Others[int, int]())
		})
	})
}
