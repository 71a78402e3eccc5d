package benchmarks

import (
	"github.com/partitioned-buffer/go/benchmarks/rival"
	"github.com/partitioned-buffer/go/benchmarks/workload"
)

const space = workload.Space

func us[K comparable, V any]() []rival.Contender[K, V] {
	return []rival.Contender[K, V]{rival.Us[K, V]()}
}

// few are the contenders where one more dimension is swept.
func few[K comparable, V any](mutexes []rival.Contender[K, V]) []rival.Contender[K, V] {
	return []rival.Contender[K, V]{
		rival.Us[K, V](),
		mutexes[1], // mutex16
		mutexes[4], // index16
		rival.Floors[K, V]()[0],
	}
}

func literal[K comparable, V any]() rival.Contender[K, V] {
	others := rival.Others[K, V]()
	return others[len(others)-1]
}

func hot(uint64) workload.Draw { return workload.Hot() }

func absent(seed uint64) workload.Draw { return workload.Absent(space, seed) }

func pairs(seed uint64) workload.Draw { return workload.Twice(workload.Uniform(space, seed)) }
