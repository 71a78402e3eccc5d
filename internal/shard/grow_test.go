package shard

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// wide values make tables of a few slots, which grow often.
type wide [128]int

func filled(n int) (w wide) {
	for i := range w {
		w[i] = n
	}
	return w
}

// whole returns the number that a wide value was filled with.
func (w *wide) whole(t *testing.T) int {
	for _, n := range w {
		if n != w[0] {
			t.Fatalf("a torn value: %v", w)
		}
	}
	return w[0]
}

func newWide(limit *Limit) (*Partition[int, wide], func(int) uint64) {
	h := NewHasher[int](NewSeed())
	return NewPartition[int, wide](Config[int]{Hash: h.Hash, Hasher: h.Index(), Limit: limit}), h.Hash
}

// slotsOf counts the live slots of each key.
func slotsOf[K comparable, V any](p *Partition[K, V]) map[K]int {
	n := map[K]int{}
	t := p.current.Load()
	p.finish(t)
	c := t.cursor(t.allSpilled())
	for s, _ := c.Next(); s != nil; s, _ = c.Next() {
		n[s.key]++
	}
	return n
}

// From nothing to many keys, every one is there at any time, once, whatever the
// hash is worth.
func TestGrowth(t *testing.T) {
	each(t, func(t *testing.T, p tested) {
		const n = 1500
		for key := range n {
			if status, live := p.put(key, key); status != Inserted || int(live) != key+1 {
				t.Fatalf("Put(%d) = %v, %d", key, status, live)
			}
			if key%3 == 0 {
				p.putNewer(key, key, 1)
			}
			if key%97 == 0 {
				for k := range key + 1 {
					if v, ok := p.get(k); !ok || v != k {
						t.Fatalf("Get(%d) = %d, %v among %d", k, v, ok, key+1)
					}
				}
			}
		}
		for key, slots := range slotsOf(p.Partition) {
			if slots != 1 {
				t.Errorf("key %d has %d slots", key, slots)
			}
		}
		r := retire(t, p)
		for key, e := range entries(r) {
			want := got{key, key, 0, 0}
			if key%3 == 0 {
				want.Version, want.Updates = 1, 1
			}
			if e != want {
				t.Fatalf("%+v, want %+v", e, want)
			}
		}
		wantBalance(t, p, n)
	})
}

// While a table grows, an operation brings what the table before has for its key,
// and nothing else; from then on nobody writes there.
func TestOperationsWhileATableGrows(t *testing.T) {
	p := newTested(nil)
	const n = 1000
	for key := range n {
		p.putNewer(key, key, 5)
	}
	p.remove(0)
	p.finish(p.current.Load())
	from := p.current.Load()
	next := p.newTable(from.gen, 4*len(from.slots))
	g := &growth[int, int]{from: from, steps: make([]atomic.Uint32, len(from.tags)/perGroup+1)}
	next.growth.Store(g)
	from.turn.Store(taken)
	p.current.Store(next)
	word := func(key int) uint64 { return from.find(p.of(key), key).word.Load() }
	steps := func() (done int) {
		for i := range g.steps {
			if g.steps[i].Load() == taken {
				done++
			}
		}
		return done
	}
	if v, ok := p.get(1); v != 1 || !ok {
		t.Errorf("Get = %d, %v", v, ok)
	}
	if done := steps(); done > 3 || next.find(p.of(1), 1) == nil {
		t.Errorf("%d steps are taken, want the key's group, the index, and one more", done)
	}
	if status, _ := p.put(2, 20); status != Overwrote || word(2) != wordOf(5) {
		t.Errorf("Put = %v and leaves word %d in the table before", status, word(2))
	}
	if status, _ := p.putNewer(3, 30, 5); status != Stale {
		t.Errorf("PutNewer = %v, want Stale", status)
	}
	if status, _ := p.putNewer(3, 30, 6); status != Overwrote {
		t.Errorf("PutNewer = %v", status)
	}
	if status, _ := p.merge(4, 40, add); status != Overwrote {
		t.Errorf("Merge = %v", status)
	}
	if deleted, _ := p.remove(5); !deleted || p.Size() != n-2 {
		t.Errorf("Delete = %v and leaves %d", deleted, p.Size())
	}
	if i, _, ok := p.Lookup(3); !ok || i.Value != 30 {
		t.Errorf("Lookup = %+v, %v", i, ok)
	}
	for _, key := range []int{0, 5, 5000} { // dead before, dead now, new
		if status, _ := p.put(key, 50); status != Inserted {
			t.Errorf("Put(%d) = %v, want Inserted", key, status)
		}
		if v, ok := p.get(key); v != 50 || !ok {
			t.Errorf("Get(%d) = %d, %v", key, v, ok)
		}
	}
	t.Run("late", func(t *testing.T) { // those who still hold the table before
		if _, _, ok := p.insert(from, p.of(6000), 6000, 1, wordOf(0), plain, 0); ok {
			t.Error("an insert into the table before succeeds")
		}
		if w := word(6000); w != void {
			t.Errorf("and leaves word %d", w)
		}
		if _, _, ok := p.revive(from, from.find(p.of(0), 0), p.of(0), 1, wordOf(0), plain, 0); ok || word(0) != dead {
			t.Error("a slot of the table before is revived")
		}
		if _, ok := p.claimLive(from, from.find(p.of(7), 7)); ok {
			t.Error("a claim for the table before succeeds")
		}
		if status, _ := p.put(6000, 60); status != Inserted {
			t.Errorf("Put = %v, want Inserted", status)
		}
	})
	p.finish(next)
	if next.growth.Load() != nil || steps() != len(g.steps) {
		t.Error("the growth has not ended")
	}
	if taken, live := next.gen.taken(); taken != n+2 || live != n+2 { // 0 anew, 5000 and 6000
		t.Errorf("%d slots taken, %d live, want %d", taken, live, n+2)
	}
	if left := next.gen.left.Load(); left != 1 {
		t.Errorf("%d writes are left behind, want that of the dead slot", left)
	}
	if keys := slotsOf(p.Partition); len(keys) != n+2 {
		t.Errorf("%d keys, want %d", len(keys), n+2)
	}
}

// Dead slots stay behind, so keys that come and go do not need more room than
// there are at a time.
func TestCompaction(t *testing.T) {
	p := newTested(nil)
	const window = 1000
	for key := range 200_000 {
		p.put(key, key)
		if key >= window {
			p.remove(key - window)
		}
		if n := len(p.current.Load().slots); n > 8*window {
			t.Fatalf("%d slots for %d entries after %d keys", n, window, key)
		}
	}
	if p.Size() != window {
		t.Errorf("Size = %d, want %d", p.Size(), window)
	}
	r := retire(t, p)
	if r.Len() != window {
		t.Errorf("%d entries, want %d", r.Len(), window)
	}
	wantBalance(t, p, window)
	if l := p.Ledger(); l.Accepted != 200_000 || l.Erased != 200_000-window {
		t.Errorf("ledger %+v", l)
	}
}

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
