package epoch

import (
	"math"
	"runtime"
	"testing"
	"testing/synctest"
)

func newGate(stripes int) *Gate {
	g := new(Gate)
	g.InitStripes(stripes)
	return g
}

// enter goes inside and wants that to succeed.
func enter(t *testing.T, g *Gate) uint32 {
	t.Helper()
	stripe, ok := g.Enter()
	if !ok {
		t.Fatal("Enter is refused by an open gate")
	}
	return stripe
}

// closing closes the gate in a goroutine of its own and returns once it waits;
// the channel is closed when Close has returned.
func closing(g *Gate) <-chan struct{} {
	closed := make(chan struct{})
	go func() {
		g.Close()
		close(closed)
	}()
	synctest.Wait()
	return closed
}

// returned says whether Close has, once everything is at rest.
func returned(closed <-chan struct{}) bool {
	synctest.Wait()
	select {
	case <-closed:
		return true
	default:
		return false
	}
}

func TestCloseOfAnEmptyGateReturns(t *testing.T) {
	for _, stripes := range []int{0, 1, 2, 3, 64} {
		newGate(stripes).Close() // a deadlock here is the failure
	}
	g := new(Gate)
	g.Init()
	g.Close()
}

// E1: Close returns when the last one who entered has left, and not before.
func TestCloseWaitsForEverybody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const inside = 5
		g := newGate(8)
		var stripes []uint32
		for range inside {
			entered := make(chan uint32)
			go func() { entered <- enter(t, g) }() // goroutines of their own: stripes may differ
			stripes = append(stripes, <-entered)
		}
		closed := closing(g)
		for _, s := range stripes {
			if returned(closed) {
				t.Fatal("Close returned with goroutines inside")
			}
			g.Leave(s)
		}
		if !returned(closed) {
			t.Fatal("Close waits although all have left")
		}
	})
}

// E1: leaving before Close leaves no debt.
func TestCloseDoesNotWaitForWhoHasLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(4)
		for range 1000 {
			g.Leave(enter(t, g))
		}
		last := enter(t, g)
		closed := closing(g)
		if returned(closed) {
			t.Fatal("Close returned with a goroutine inside")
		}
		g.Leave(last)
		if !returned(closed) {
			t.Fatal("Close waits although all have left")
		}
	})
}

// E2: a closed gate lets nobody in, however often they try, and those who are
// refused owe nothing.
func TestEnterAfterClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(2)
		inside := enter(t, g)
		closed := closing(g)
		for range 1000 {
			if _, ok := g.Enter(); ok {
				t.Fatal("Enter succeeds while Close waits")
			}
		}
		if returned(closed) {
			t.Fatal("failed Enters have paid the debt of the one inside")
		}
		g.Leave(inside)
		if !returned(closed) {
			t.Fatal("Close waits for those who were refused")
		}
		for range 1000 {
			if _, ok := g.Enter(); ok {
				t.Fatal("Enter succeeds after Close")
			}
		}
	})
}

// Close is woken once: nothing is left in the channel, nobody blocks on it.
func TestTheLastLeaverWakesOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(4)
		var stripes []uint32
		for range 100 {
			stripes = append(stripes, enter(t, g))
		}
		closed := closing(g)
		for _, s := range stripes {
			go g.Leave(s)
		}
		if !returned(closed) {
			t.Fatal("Close waits although all have left")
		}
		if len(g.wake) != 0 || g.debt.Load() != 0 {
			t.Errorf("%d wake-ups left over, debt %d; want none", len(g.wake), g.debt.Load())
		}
	})
}

// The closer counts the debt stripe by stripe; leavers may pay before it has
// added its sum, and drive the debt below zero. Here by hand, in that order.
func TestDebtPaidInAdvance(t *testing.T) {
	g := newGate(2)
	g.stripes[0].n.Store(2) // two inside on one stripe, one on the other
	g.stripes[1].n.Store(1)
	inside := g.stripes[0].n.Or(closed) // Close, half way
	g.Leave(0)
	g.Leave(0)
	inside += g.stripes[1].n.Or(closed)
	if debt := g.debt.Load(); debt != -2 {
		t.Fatalf("debt %d after two payments in advance, want -2", debt)
	}
	if rest := g.debt.Add(inside); rest != 1 {
		t.Fatalf("debt %d after the sum, want 1", rest)
	}
	g.Leave(1)
	if len(g.wake) != 1 {
		t.Error("the last payer does not wake the closer")
	}
}

// Nobody wakes a closer that had no reason to sleep.
func TestAllPaidInAdvance(t *testing.T) {
	g := newGate(2)
	g.stripes[0].n.Store(1)
	inside := g.stripes[0].n.Or(closed)
	g.Leave(0)
	inside += g.stripes[1].n.Or(closed)
	if rest := g.debt.Add(inside); rest != 0 || len(g.wake) != 0 {
		t.Errorf("debt %d with %d wake-ups, want none of either", rest, len(g.wake))
	}
}

// Counters near their end: an open stripe is positive up to 2^63-1, and a closed
// one stays negative however many are refused.
func TestCountersNearWrapAround(t *testing.T) {
	t.Run("open", func(t *testing.T) {
		g := newGate(2)
		for i := range g.stripes {
			g.stripes[i].n.Store(math.MaxInt64 - 3)
		}
		for range 3 {
			enter(t, g)
		}
	})
	t.Run("closed", func(t *testing.T) {
		g := newGate(2)
		for i := range g.stripes {
			g.stripes[i].n.Store(-4) // 2^63-4 refused since the close
		}
		for range 3 {
			if _, ok := g.Enter(); ok {
				t.Fatal("Enter succeeds on a closed stripe")
			}
		}
	})
	t.Run("closed with a crowd inside", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGate(2)
			g.stripes[0].n.Store(math.MaxInt64) // all of whom owe a unit
			c := closing(g)
			if got := g.debt.Load(); got != math.MaxInt64 {
				t.Fatalf("debt %d, want all of the crowd", got)
			}
			g.debt.Store(2) // all but two have left
			g.Leave(0)
			if returned(c) {
				t.Fatal("Close returned with one inside")
			}
			g.Leave(0)
			if !returned(c) {
				t.Fatal("Close waits although all have left")
			}
		})
	})
}

// A leaver may be on another stack than when it entered: only the stripe that
// Enter returned matters.
func TestLeaveOnAnotherStack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(64)
		stripe := enter(t, g)
		c := closing(g)
		left := make(chan struct{})
		go func() {
			deep(100)
			g.Leave(stripe)
			close(left)
		}()
		<-left
		if !returned(c) {
			t.Fatal("Close waits although all have left")
		}
	})
}

// deep makes the stack grow, and so move.
func deep(n int) (sum byte) {
	var frame [1 << 10]byte
	if n > 0 {
		frame[n] = deep(n - 1)
	}
	runtime.KeepAlive(&frame)
	return frame[n] + 1
}
