package rival_test

import (
	"slices"
	"testing"

	"github.com/partitioned-buffer/go/benchmarks/rival"
	"github.com/partitioned-buffer/go/benchmarks/rival/rivaltest"
)

func TestContendersConform(t *testing.T) {
	for _, c := range slices.Concat(
		[]rivaltest.Contender{rival.Us[int, int]()},
		rival.IntMutexes[int, int](),
		rival.Floors[int, int](),
		rival.Others[int, int](),
	) {
		t.Run(c.Name, func(t *testing.T) { rivaltest.Conforms(t, c) })
	}
}

// The generic twins route by a hash function, which the integer ones override.
func TestGenericMutexesConform(t *testing.T) {
	for _, c := range rival.Mutexes[int, int]() {
		t.Run(c.Name, func(t *testing.T) { rivaltest.Conforms(t, c) })
	}
}
