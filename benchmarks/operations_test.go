package benchmarks

import (
	"testing"

	"github.com/partitioned-buffer/go/benchmarks/harness"
	"github.com/partitioned-buffer/go/benchmarks/rival"
	"github.com/partitioned-buffer/go/benchmarks/workload"
)

// compareInts runs loads of integer keys on every contender.
func compareInts(b *testing.B, c harness.Case[int, int], loads ...*workload.Load[int]) {
	for _, load := range loads {
		b.Run(load.Name, func(b *testing.B) {
			c := c
			c.Load, c.Value = load, 1
			c.Hash = rival.HashInt[int]
			c.Compare(b, us[int, int](), rival.IntMutexes[int, int](), rival.Floors[int, int](), rival.Others[int, int]())
		})
	}
}

func BenchmarkPut(b *testing.B) {
	compareInts(b, harness.Case[int, int]{Needs: rival.Puts},
		workload.IntKeys("dist=zipf", workload.ZipfOver(space), workload.Each(workload.Put)),
		workload.IntKeys("dist=uniform", workload.UniformOver(space), workload.Each(workload.Put)),
		workload.Drawn("dist=uniform-1M", million, workload.Ints, workload.UniformOver(million), workload.Each(workload.Put)),
		workload.IntKeys("dist=hot", hot, workload.Each(workload.Put)))
}

func BenchmarkPutNewer(b *testing.B) {
	compareInts(b, harness.Case[int, int]{Needs: rival.Newer, Hits: [2]float64{0.9, 1}},
		workload.IntKeys("order=newer", workload.UniformOver(space), workload.Each(workload.PutNewer)))
	compareInts(b, harness.Case[int, int]{Needs: rival.Newer | rival.Answers, Stale: true},
		workload.IntKeys("order=stale", workload.UniformOver(space), workload.Each(workload.PutNewer)))
}

func BenchmarkGet(b *testing.B) {
	compareInts(b, harness.Case[int, int]{Needs: rival.Gets, Hits: [2]float64{1, 1}},
		workload.IntKeys("find=hit", workload.UniformOver(space), workload.Each(workload.Get)))
	compareInts(b, harness.Case[int, int]{Needs: rival.Gets},
		workload.IntKeys("find=miss", absent, workload.Each(workload.Get)))
}

// BenchmarkDelete counts a Delete and the Put that brings the key back as two.
func BenchmarkDelete(b *testing.B) {
	compareInts(b, harness.Case[int, int]{Needs: rival.Deletes, Hits: [2]float64{0.49, 0.51}},
		workload.IntKeys("then=put", pairs, func(uint64) workload.Pattern { return workload.Pairs() }))
}

// BenchmarkMixed is 80 % Put, 15 % Get, 5 % Delete.
func BenchmarkMixed(b *testing.B) {
	compareInts(b, harness.Case[int, int]{Needs: rival.Gets | rival.Deletes, Hits: [2]float64{0.1, 0.21}},
		workload.IntKeys("dist=zipf", workload.ZipfOver(space), workload.Mixed))
}
