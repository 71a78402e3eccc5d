package benchmarks

import (
	"strconv"
	"testing"

	"github.com/partitioned-buffer/go/benchmarks/harness"
	"github.com/partitioned-buffer/go/benchmarks/rival"
	"github.com/partitioned-buffer/go/benchmarks/workload"
)

// BenchmarkPutAll counts entries, not calls.
func BenchmarkPutAll(b *testing.B) {
	load := workload.IntKeys("dist=uniform", workload.UniformOver(space), workload.Each(workload.Put))
	for _, size := range []int{10, 100, 1000} {
		b.Run("size="+strconv.Itoa(size), func(b *testing.B) {
			compareInts(b, harness.Case[int, int]{Needs: rival.Puts, Batch: size}, load)
		})
	}
}
