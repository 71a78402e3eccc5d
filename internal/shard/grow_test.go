package shard

import (
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
	g := &growth[int, int]{from: from, steps: make([]step, len(from.tags)/perGroup+1)}
	next.growth.Store(g)
	from.turn.Store(taken)
	p.current.Store(next)
	word := func(key int) uint64 { return from.find(p.of(key), key).word.Load() }
	steps := func() (done int) {
		for i := range g.steps {
			if g.steps[i].taken.Load() {
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

// Traffic that fluctuates does not grow the table of every second generation: one that
// follows another has room for three in ten more keys.
func TestRoomForMoreThanBefore(t *testing.T) {
	p := newTested(nil)
	for key := range 10_000 {
		p.put(key, 0)
	}
	p.Release(retire(t, p))
	first := p.current.Load()
	for key := range 13_000 {
		p.put(key, 0)
	}
	if p.current.Load() != first {
		t.Errorf("a table of %d slots, after 10,000 keys, grew for 13,000", len(first.slots))
	}
}
