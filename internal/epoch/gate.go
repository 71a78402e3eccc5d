package epoch

import (
	"math/bits"
	"runtime"
	"sync/atomic"
)

// Gate counts who is inside and can be closed once. Init makes it usable; it
// must not be copied after that.
type Gate struct {
	stripes []stripe
	shift   uint8
	debt    atomic.Int64
	wake    chan struct{}
}

// Init opens the gate with a number of stripes fit for the processors in use
// now. It must happen before the gate is shared.
func (g *Gate) Init() { g.InitStripes(stripesFor(runtime.GOMAXPROCS(0))) }

// InitStripes is Init with a given number of stripes, rounded up to a power of
// two; at least two, since a shift of 64 is no shift of the address hash.
func (g *Gate) InitStripes(n int) {
	width := bits.Len(uint(max(n, 2) - 1))
	g.stripes = make([]stripe, 1<<width)
	g.shift = uint8(64 - width)
	g.wake = make(chan struct{}, 1)
}

// Enter goes inside and reports whether it could. True obliges the caller to
// call Leave once, with the stripe returned here; false obliges it to nothing.
// Any number of goroutines may call it at once; it never waits.
func (g *Gate) Enter() (stripe uint32, ok bool) {
	s := own(g.shift)
	// E2. The add and Close's Or on the same word are totally ordered, and the
	// sign of the sum tells which came first. It adds before it looks: looking
	// first loses the writer that Close overtakes between the two. A failed
	// Enter leaves its unit behind; nobody reads a closed stripe's count again,
	// only its sign.
	return s, g.stripes[s].n.Add(1) > 0
}

// Leave ends the stay that Enter began. What the caller did inside synchronizes
// before the return of Close.
func (g *Gate) Leave(stripe uint32) {
	// E1. A leaver that finds the stripe closed was counted into the debt by
	// Close's Or, and pays its unit; the add to debt hands everything it wrote
	// inside over to the closer. Only the payment that reaches zero wakes: before
	// Close has added its sum the debt is negative, and it passes zero downwards
	// at most by starting there, so zero is reached by a payment exactly once.
	if g.stripes[stripe].n.Add(-1) < 0 && g.debt.Add(-1) == 0 {
		g.wake <- struct{}{} // capacity 1, sent at most once: never blocks
	}
}

// Close shuts the gate and returns when all who entered have left. One owner
// calls it, once.
func (g *Gate) Close() {
	var inside int64
	for i := range g.stripes {
		// E2. Linearization of the closing, per stripe: who added before is in the
		// sum and will pay; who adds after sees the sign and stays out.
		inside += g.stripes[i].n.Or(closed)
	}
	// E1. Leavers may have paid already: a sum of zero says that all have, and
	// their payments synchronize before this add. Otherwise the last payer wakes us.
	if g.debt.Add(inside) != 0 {
		<-g.wake
	}
}
