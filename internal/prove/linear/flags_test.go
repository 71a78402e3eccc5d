package linear

import (
	"flag"
	"math/rand/v2"
	"testing"
)

var (
	rounds = flag.Int("rounds", 300, "histories of each test")
	seed   = flag.Uint64("seed", 0, "of the operations; 0: a new one")
)

// rng returns a source for one goroutine of one round, and logs the seed if the
// test fails. The operations are the seed's, their schedule is the machine's.
func rng(t *testing.T) func(stream int) *rand.Rand {
	s := *seed
	if s == 0 {
		s = rand.Uint64()
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("-seed %d", s)
		}
	})
	return func(stream int) *rand.Rand { return rand.New(rand.NewPCG(s, uint64(stream))) }
}
