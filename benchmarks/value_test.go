package benchmarks

import (
	"testing"

	"github.com/partitioned-buffer/go/benchmarks/harness"
	"github.com/partitioned-buffer/go/benchmarks/rival"
	"github.com/partitioned-buffer/go/benchmarks/workload"
)

// BenchmarkValue overwrites uniformly with values of several sizes.
func BenchmarkValue(b *testing.B) {
	load := workload.IntKeys("", workload.UniformOver(space), workload.Each(workload.Put))
	valued(b, "value=8", load, 1)
	valued(b, "value=64", load, [64]byte{1})
	valued(b, "value=256", load, [256]byte{1})
	valued(b, "value=string", load, "a value that somebody else owns")
	valued(b, "value=pointer", load, &[256]byte{1})
}

func valued[V any](b *testing.B, name string, load *workload.Load[int], value V) {
	b.Run(name, func(b *testing.B) {
		c := harness.Case[int, V]{Load: load, Value: value, Needs: rival.Puts}
		c.Compare(b, few(rival.IntMutexes[int, V]()))
	})
}
