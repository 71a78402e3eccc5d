package benchmarks

import (
	"testing"
	"time"

	"github.com/partitioned-buffer/go/benchmarks/harness"
	"github.com/partitioned-buffer/go/benchmarks/rival"
	"github.com/partitioned-buffer/go/benchmarks/workload"
)

// BenchmarkGC runs a steady load of pointer values with flushes and reports
// the share of the used processor time that went into garbage collection.
func BenchmarkGC(b *testing.B) {
	for _, load := range []*workload.Load[int]{
		workload.IntKeys("dist=zipf", workload.ZipfOver(space), workload.Each(workload.Put)),
		workload.Unique(),
	} {
		b.Run(load.Name, func(b *testing.B) {
			c := harness.Case[int, *row]{
				Load:     load,
				Value:    &row{ID: 1},
				Needs:    rival.Flushes,
				Interval: 20 * time.Millisecond,
				GC:       true,
			}
			c.Compare(b, few(rival.IntMutexes[int, *row]()))
		})
	}
}
