package benchmarks

import (
	"fmt"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/benchmarks/harness"
	"github.com/partitioned-buffer/go/benchmarks/rival"
	"github.com/partitioned-buffer/go/benchmarks/workload"
)

// BenchmarkSpace shows how the cost of a Put grows with the number of keys.
func BenchmarkSpace(b *testing.B) {
	for _, n := range []int{1_000, 100_000, 10_000_000} {
		b.Run(fmt.Sprintf("keys=%d", n), func(b *testing.B) {
			if n > 1_000_000 && testing.Short() {
				b.Skip("ten million keys take about 1 GB each: not under -short")
			}
			c := harness.Case[int, int]{
				Load:  workload.Drawn("", n, workload.Ints, workload.UniformOver(n), workload.Each(workload.Put)),
				Value: 1,
				Needs: rival.Puts,
			}
			c.Compare(b, few(rival.IntMutexes[int, int]()))
		})
	}
}

// BenchmarkPartitions shows what the number of partitions does to pbuf, with
// and without flushes.
func BenchmarkPartitions(b *testing.B) {
	load := workload.IntKeys("", workload.UniformOver(space), workload.Each(workload.Put))
	for _, every := range []time.Duration{0, 20 * time.Millisecond} {
		for n := 1; n <= 64; n *= 2 {
			b.Run(fmt.Sprintf("every=%v/partitions=%d", every, n), func(b *testing.B) {
				c := harness.Case[int, int]{
					Load:       load,
					Value:      1,
					Needs:      rival.Puts,
					Interval:   every,
					Partitions: n,
				}
				c.Compare(b, us[int, int]())
			})
		}
	}
}
