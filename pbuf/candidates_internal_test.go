package pbuf

import (
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
)

func all(c *candidates) (found []int) {
	for i := c.next(0); i >= 0; i = c.next(i + 1) {
		found = append(found, i)
	}
	return found
}

// The bitmap is the set of what was added and not removed, whatever the number of
// levels.
func TestCandidates(t *testing.T) {
	for _, n := range []int{1, 2, 63, 64, 65, 4096, 4097, 1 << 16} {
		var c candidates
		c.init(n)
		if found := all(&c); found != nil {
			t.Errorf("of %d, %v are there at first", n, found)
		}
		r := rand.New(rand.NewPCG(1, uint64(n)))
		set := map[int]bool{}
		for range 400 {
			i := []int{r.IntN(n), 0, n - 1}[r.IntN(3)]
			switch r.IntN(3) {
			case 0:
				c.remove(i, func() bool { return set[i] })
			case 1:
				delete(set, i)
				c.remove(i, func() bool { return set[i] })
			default:
				set[i] = true
				c.add(i)
			}
			var want []int
			for i := range set {
				want = append(want, i)
			}
			slices.Sort(want)
			if found := all(&c); !slices.Equal(found, want) {
				t.Fatalf("of %d, %v are found, want %v", n, found, want)
			}
		}
	}
}

// However adds and removes meet, the set is what is held when they are over.
func TestCandidatesConcurrentSafe(t *testing.T) {
	const n = 128 // two levels
	for round := range uint64(2000) {
		var c candidates
		c.init(n)
		var held [n]atomic.Int64
		var wg sync.WaitGroup
		for w := range uint64(4) {
			wg.Go(func() {
				r := rand.New(rand.NewPCG(round, w))
				for range 30 {
					i := r.IntN(2) * 64 // alone in their words, so that they meet
					held[i].Add(1)
					c.add(i)
					if r.IntN(100) == 0 {
						continue // it stays
					}
					held[i].Add(-1)
					c.remove(i, func() bool { return held[i].Load() > 0 })
				}
			})
		}
		wg.Wait()
		var want []int
		for i := range held {
			if held[i].Load() > 0 {
				want = append(want, i)
			}
		}
		found := all(&c)
		for _, i := range want {
			if !slices.Contains(found, i) {
				t.Fatalf("round %d: %d holds something, and is not among %v", round, i, found)
			}
		}
	}
}

// A stale bit above an empty word leads on to what comes after it.
func TestCandidatesPastAStaleBit(t *testing.T) {
	var c candidates
	c.init(1 << 16)
	c.add(5)
	c.add(64*64 + 70)
	c.levels[0][0].Store(0)
	if i := c.next(0); i != 64*64+70 {
		t.Errorf("next(0) = %d, want %d", i, 64*64+70)
	}
	c.levels[0][(64*64+70)/64].Store(0)
	if i := c.next(0); i != -1 {
		t.Errorf("next(0) = %d, want none", i)
	}
}
