package rivals

import (
	"testing"
	"time"

	"github.com/partitioned-buffer/go/benchmarks/harness"
	"github.com/partitioned-buffer/go/benchmarks/rival"
	"github.com/partitioned-buffer/go/benchmarks/workload"
)

// BenchmarkThirdParty runs the main workloads on pbuf and the contenders of
// this module; the names are those of the root module's benchmarks.
func BenchmarkThirdParty(b *testing.B) {
	put := workload.Each(workload.Put)
	newer := workload.Each(workload.PutNewer)
	zipf, uniform := workload.ZipfOver(workload.Space), workload.UniformOver(workload.Space)
	for _, c := range []struct {
		name string
		harness.Case[int, int]
	}{
		{"op=Put-zipf", harness.Case[int, int]{Load: workload.IntKeys("", zipf, put), Needs: rival.Puts}},
		{"op=Put-uniform", harness.Case[int, int]{Load: workload.IntKeys("", uniform, put), Needs: rival.Puts}},
		{"op=PutNewer-newer", harness.Case[int, int]{
			Load: workload.IntKeys("", uniform, newer), Needs: rival.Newer, Hits: [2]float64{0.9, 1},
		}},
		{"op=PutNewer-stale", harness.Case[int, int]{
			Load: workload.IntKeys("", uniform, newer), Needs: rival.Newer, Stale: true,
		}},
		{"op=Get-hit", harness.Case[int, int]{
			Load: workload.IntKeys("", uniform, workload.Each(workload.Get)), Needs: rival.Gets, Hits: [2]float64{1, 1},
		}},
		{"op=Insert-20ms", harness.Case[int, int]{
			Load: workload.Unique(), Needs: rival.Flushes, Interval: 20 * time.Millisecond,
		}},
		{"op=Flush-20ms-zipf", harness.Case[int, int]{
			Load: workload.IntKeys("", zipf, put), Needs: rival.Flushes, Interval: 20 * time.Millisecond,
		}},
		{"op=Flush-20ms-uniform", harness.Case[int, int]{
			Load: workload.IntKeys("", uniform, put), Needs: rival.Flushes, Interval: 20 * time.Millisecond,
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			c.Value, c.Hash = 1, rival.HashInt[int]
			c.Compare(b, []rival.Contender[int, int]{rival.Us[int, int]()}, Contenders[int, int](),
				[]rival.Contender[int, int]{OTelContender()})
		})
	}
}
