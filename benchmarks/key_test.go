package benchmarks

import (
	"testing"

	"github.com/partitioned-buffer/go/benchmarks/harness"
	"github.com/partitioned-buffer/go/benchmarks/rival"
	"github.com/partitioned-buffer/go/benchmarks/workload"
)

// BenchmarkKey overwrites uniformly with keys of other types than int.
func BenchmarkKey(b *testing.B) {
	keyed(b, "key=string16", workload.Strings(16), rival.HashString())
	keyed(b, "key=string64", workload.Strings(64), rival.HashString())
	keyed(b, "key=struct16", workload.Structs16, rival.HashAny[workload.Key16]())
	keyed(b, "key=struct64", workload.Structs64, rival.HashAny[workload.Key64]())
}

func keyed[K comparable](b *testing.B, name string, keys workload.Keys[K], hash func(K) uint64) {
	load := workload.Drawn(name, space, keys, workload.UniformOver(space), workload.Each(workload.Put))
	b.Run(name, func(b *testing.B) {
		c := harness.Case[K, int]{Load: load, Hash: hash, Value: 1, Needs: rival.Puts}
		c.Compare(b, us[K, int](), rival.Mutexes[K, int](), rival.Floors[K, int](), rival.Others[K, int]())
	})
}
