package benchmarks

import (
	"testing"
	"time"

	"github.com/partitioned-buffer/go/benchmarks/harness"
	"github.com/partitioned-buffer/go/benchmarks/rival"
	"github.com/partitioned-buffer/go/benchmarks/workload"
)

// BenchmarkInsert writes keys that were never seen before.
func BenchmarkInsert(b *testing.B) {
	compareInts(b, harness.Case[int, int]{Needs: rival.Flushes, Interval: 20 * time.Millisecond},
		workload.Unique())
}

// BenchmarkFlush is the whole job, end to end: writes with flushes beside
// them, and the clock stops when all is delivered.
func BenchmarkFlush(b *testing.B) {
	loads := []*workload.Load[int]{
		workload.IntKeys("dist=zipf", workload.ZipfOver(space), workload.Each(workload.Put)),
		workload.IntKeys("dist=uniform", workload.UniformOver(space), workload.Each(workload.Put)),
	}
	for _, every := range []time.Duration{time.Millisecond, 20 * time.Millisecond, time.Second} {
		b.Run("every="+every.String(), func(b *testing.B) {
			compareInts(b, harness.Case[int, int]{Needs: rival.Flushes, Interval: every}, loads...)
		})
	}
}
