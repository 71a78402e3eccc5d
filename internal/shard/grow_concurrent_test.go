package shard

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// A walk goes on over the table where it began, while the generation grows and is
// retired: what was there and stays is seen once, with a value that it had.
func TestWalkGoesOnWhileATableGrows(t *testing.T) {
	p := newTested(nil)
	for key := range 30 {
		p.put(key, key)
	}
	seen := map[int]int{}
	p.Walk(func(i Item[int, int]) bool {
		if len(seen) == 0 {
			walked := p.current.Load()
			for key := range 500 {
				p.put(key, key)
			}
			if p.current.Load() == walked {
				t.Error("the generation does not grow")
			}
			p.remove(29)
		}
		if len(seen) == 15 {
			p.Release(retire(t, p))
			p.put(28, -1)
		}
		if seen[i.Key]++; i.Value != i.Key {
			t.Errorf("key %d has the value %d", i.Key, i.Value)
		}
		return true
	})
	for key := range 29 {
		if seen[key] != 1 {
			t.Errorf("key %d was seen %d times", key, seen[key])
		}
	}
}

// Everything beside everything, in tables of a few slots that grow and are
// retired all the time. Each key has one writer, who knows what it holds.
func TestGrowthConcurrentSafe(t *testing.T) {
	for round := range 8 {
		limit := NewLimit(1<<40, 1<<40)
		p, hash := newWide(limit)
		const writers, each, span = 4, 4000, 600
		var (
			done    atomic.Bool
			wg      sync.WaitGroup
			helpers sync.WaitGroup
			last    [writers]map[int]int // what each writer left; a negative number: deleted
		)
		for w := range writers {
			last[w] = map[int]int{}
			wg.Go(func() {
				rng := rand.New(rand.NewPCG(uint64(round), uint64(w)))
				for i := range each {
					key := (rng.IntN(span)+i/8)*writers + w
					switch rng.IntN(8) {
					case 0:
						p.Delete(hash(key), key)
						last[w][key] = -1 - i
					case 1:
						for ok := false; !ok; {
							seen, _ := p.Peek(hash(key), key)
							_, _, ok = p.WriteIf(&seen, hash(key), Item[int, wide]{Key: key, Value: filled(i)}, 1, false)
						}
						last[w][key] = i
					case 2:
						if v, ok := p.Get(hash(key), key); ok && v.whole(t) != last[w][key] {
							t.Errorf("Get(%d) = %d, want %d or nothing", key, v[0], last[w][key])
						}
					default:
						p.Write(hash(key), Item[int, wide]{Key: key, Value: filled(i)}, false, int64(i))
						last[w][key] = i
					}
				}
			})
		}
		delivered, handed := map[int]int{}, 0
		take := func(r *Retired[int, wide]) {
			if r == nil {
				return
			}
			c := r.Cursor()
			keys := map[int]bool{}
			for s, _ := c.Next(); s != nil; s, _ = c.Next() {
				if keys[s.key] {
					t.Errorf("key %d twice in a generation", s.key)
				}
				keys[s.key] = true
				delivered[s.key] = s.value.whole(t)
				handed++
				p.Give(0, r.Size(s))
			}
			p.Release(r)
		}
		helpers.Go(func() {
			for !done.Load() {
				p.Walk(func(i Item[int, wide]) bool { i.Value.whole(t); return true })
				p.Lookup(3)
				runtime.Gosched()
			}
		})
		helpers.Go(func() {
			for i := 0; !done.Load(); i++ {
				if i%50 == 0 {
					r, _ := p.Retire()
					take(r)
				}
				runtime.Gosched()
			}
		})
		wg.Wait()
		done.Store(true)
		helpers.Wait()
		for key, slots := range slotsOf(p) {
			if slots != 1 {
				t.Errorf("key %d has %d live slots", key, slots)
			}
		}
		take(p.Stop())
		for w := range last {
			for key, want := range last[w] {
				if have, ok := delivered[key]; want >= 0 && (!ok || have != want) {
					t.Fatalf("round %d: key %d was delivered last as %d, %v; want %d", round, key, have, ok, want)
				}
			}
		}
		l := p.Ledger()
		if _, bytes := limit.Left(); l.Accepted != l.Overwritten+l.Erased+uint64(handed) || left(limit) != 1<<40-int64(handed) || bytes != 1<<40 {
			t.Fatalf("round %d: ledger %+v with %d handed out; %d units and %d bytes held", round, l, handed, 1<<40-left(limit), 1<<40-bytes)
		}
	}
}
