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
			c.Hash = rival.HashAny[int]()
			c.Compare(b, us[int, int](), rival.IntMutexes[int, int](), rival.Floors[int, int](), rival.Others[int, int]())
		})
	}
}

func ints(name string, draw func(uint64) workload.Draw, what func(uint64) workload.Pattern) *workload.Load[int] {
	return workload.Drawn(name, space, workload.Ints, draw, what)
}

func BenchmarkPut(b *testing.B) {
	compareInts(b, harness.Case[int, int]{Needs: rival.Puts},
		ints("dist=zipf", zipf(space), only(workload.Put)),
		ints("dist=uniform", uniform(space), only(workload.Put)),
		ints("dist=hot", hot, only(workload.Put)))
}

func BenchmarkPutNewer(b *testing.B) {
	compareInts(b, harness.Case[int, int]{Needs: rival.Newer, Hits: [2]float64{0.9, 1}},
		ints("order=newer", uniform(space), only(workload.PutNewer)))
	compareInts(b, harness.Case[int, int]{Needs: rival.Newer | rival.Answers, Stale: true},
		ints("order=stale", uniform(space), only(workload.PutNewer)))
}

func BenchmarkGet(b *testing.B) {
	compareInts(b, harness.Case[int, int]{Needs: rival.Gets, Hits: [2]float64{1, 1}},
		ints("find=hit", uniform(space), only(workload.Get)))
	compareInts(b, harness.Case[int, int]{Needs: rival.Gets},
		ints("find=miss", absent, only(workload.Get)))
}

// BenchmarkDelete counts a Delete and the Put that brings the key back as two.
func BenchmarkDelete(b *testing.B) {
	compareInts(b, harness.Case[int, int]{Needs: rival.Deletes, Hits: [2]float64{0.49, 0.51}},
		ints("then=put", pairs, func(uint64) workload.Pattern { return workload.Pairs() }))
}

// BenchmarkMixed is 80 % Put, 15 % Get, 5 % Delete.
func BenchmarkMixed(b *testing.B) {
	compareInts(b, harness.Case[int, int]{Needs: rival.Gets | rival.Deletes, Hits: [2]float64{0.1, 0.21}},
		ints("dist=zipf", zipf(space), workload.Mixed))
}
