package epoch

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// The invariants under load, for gates of few and many stripes: whoever gets in
// is waited for, what it did inside is seen by the closer without further
// synchronization, and nobody gets in afterwards.
func TestGateConcurrentSafe(t *testing.T) {
	for _, stripes := range []int{2, 4, 64} {
		for range 200 {
			g := newGate(stripes)
			const goroutines = 8
			var (
				wg      sync.WaitGroup
				done    [goroutines]int // plain: the race detector checks the hand-over
				entered atomic.Int64
			)
			for i := range goroutines {
				wg.Go(func() {
					for {
						stripe, ok := g.Enter()
						if !ok {
							return
						}
						done[i]++
						entered.Add(1)
						g.Leave(stripe)
						runtime.Gosched() // else the closer waits for its turn, not for us
					}
				})
			}
			for entered.Load() < goroutines { // some are in the middle of it
				runtime.Gosched()
			}
			g.Close()
			sum := 0
			for i := range done {
				sum += done[i]
			}
			if n := entered.Load(); int64(sum) != n {
				t.Fatalf("%d stripes: %d of %d stays had ended when Close returned", stripes, sum, n)
			}
			wg.Wait()
			after := 0
			for i := range done {
				after += done[i]
			}
			if after != sum {
				t.Fatalf("%d stripes: %d stays began after Close had returned", stripes, after-sum)
			}
		}
	}
}

// Nobody inside when Close returns, seen from inside: a flag that the closer
// takes down is up for whoever is in.
func TestNobodyInsideAfterCloseConcurrentSafe(t *testing.T) {
	for range 200 {
		g := newGate(4)
		var open atomic.Bool
		open.Store(true)
		var wg sync.WaitGroup
		started := make(chan struct{}, 6)
		for range 6 {
			wg.Go(func() {
				for first := true; ; first = false {
					stripe, ok := g.Enter()
					if !ok {
						return
					}
					for range 3 {
						if !open.Load() {
							t.Error("inside after Close")
						}
						runtime.Gosched()
					}
					g.Leave(stripe)
					if first {
						started <- struct{}{}
					}
				}
			})
		}
		for range 6 {
			<-started
		}
		g.Close()
		open.Store(false)
		wg.Wait()
	}
}

// One goroutine that never stops entering against one that closes, often: the
// two meet in the middle of Close, with the debt paid before it is summed up.
func TestCloseMeetsEnterConcurrentSafe(t *testing.T) {
	for round := range 3000 {
		g := newGate(64)
		var stays int // plain: the race detector checks the hand-over
		running, refused := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(refused)
			for i := 0; ; i++ {
				stripe, ok := g.Enter()
				if !ok {
					return
				}
				stays++
				g.Leave(stripe)
				if i == 0 {
					close(running)
				}
				if i%64 == 63 {
					runtime.Gosched()
				}
			}
		}()
		<-running
		for range round % 128 { // meet it elsewhere each time
			own(g.shift)
		}
		g.Close()
		seen := stays
		<-refused
		if stays != seen {
			t.Fatalf("%d stays began after Close had returned", stays-seen)
		}
	}
}
