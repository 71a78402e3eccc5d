package points

import (
	"math/rand/v2"
	"runtime"
)

// perturbing widens race windows at random. The numbers are out of 1024: most
// points must stay cheap, or the windows all grow alike and nothing meets.
type perturbing struct{}

const (
	yields = 96
	spins  = 32
	naps   = 4 // long enough for another goroutine to go through a whole retire
)

func (perturbing) Step(bool) {
	switch n := rand.Uint32N(1024); {
	case n < naps:
		for range 64 {
			runtime.Gosched()
		}
	case n < naps+yields:
		runtime.Gosched()
	case n < naps+yields+spins:
		spin(rand.Uint32N(512))
	}
}

func (perturbing) Wait() { runtime.Gosched() }

func (perturbing) Self() (int, bool) { return 0, false }

// spin takes n steps.
func spin(n uint32) {
	x := uint32(0)
	for i := range n {
		x ^= i
	}
	runtime.KeepAlive(x)
}
