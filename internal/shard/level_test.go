package shard

import (
	"sync"
	"testing"
)

// outgrown is a partition whose first generation holds many times what it was
// made for.
func outgrown(t *testing.T, p table, n int) *store[int, int] {
	t.Helper()
	for k := range n {
		if status, _ := p.put(k, k); status != Inserted {
			t.Fatalf("Put of key %d: status %d", k, status)
		}
	}
	return p.current.Load().store
}

// A store that is outgrown has a slot for each key, which its number leads to and
// which is found without the index; memory stays in proportion.
func TestLevelsGrow(t *testing.T) {
	const n = 20_000
	p := newTable(nil)
	s := outgrown(t, p, n)
	if spilled := s.spilled.Load(); spilled != 0 {
		t.Errorf("%d keys of a good hash went to the arena", spilled)
	}
	if end := s.top.Load().end(); end < n || end > n*sparse*(growth+1) {
		t.Errorf("%d slots for %d keys", end, n)
	}
	seen := map[*Slot[int, int]]bool{}
	for k := range n {
		slot := s.find(p.of(k), k)
		if slot == nil || slot.key != k || slot != s.indexed(k) || seen[slot] {
			t.Fatalf("key %d: slot %p by its hash, %p by its number", k, slot, s.indexed(k))
		}
		seen[slot] = true
		if status, _ := p.put(k, -k); status != Overwrote {
			t.Fatalf("second Put of key %d: status %d", k, status)
		}
	}
	walked := 0
	s.each(func(slot *Slot[int, int]) bool { walked++; return seen[slot] })
	if walked != n {
		t.Errorf("%d slots are walked, want %d", walked, n)
	}
	for k := n; k < 2*n; k++ {
		if s.find(p.of(k), k) != nil {
			t.Fatalf("key %d is found, but nobody put it", k)
		}
	}
	for i, e := range entries(retire(t, p)) {
		if e.Key != i || e.Value != -i {
			t.Fatalf("entry %d is %+v", i, e)
		}
	}
}

// Hashes that are all the same fill no level: what a pair of buckets can't take
// goes to the arena, not to ever larger levels.
func TestLevelsOfABadHash(t *testing.T) {
	const n = 3000
	p := hashed(func(int) uint64 { return 42 })
	s := outgrown(t, p, n)
	if end := s.top.Load().end(); end > n*sparse*(growth+1) {
		t.Errorf("levels of %d slots for %d keys", end, n)
	}
	if spilled := s.spilled.Load(); spilled < n*9/10 {
		t.Errorf("%d of %d keys are in the arena", spilled, n)
	}
	for k := range n {
		if v, ok := p.get(k); !ok || v != k {
			t.Fatalf("Get(%d) = %d, %v", k, v, ok)
		}
	}
	// A level that comes later has room in buckets that the spilled keys hash to:
	// that must not hide them.
	l := s.top.Load()
	if s.above(l, 1<<30) == l {
		t.Fatal("no level is made")
	}
	for k := range n {
		if status, _ := p.put(k, k); status != Overwrote {
			t.Fatalf("Put(%d) after a level was made: status %d", k, status)
		}
	}
	if r := retire(t, p); r.Len() != n {
		t.Errorf("%d entries, want %d", r.Len(), n)
	}
}

// Inserters whose keys find no place get a slot of the arena each, where the
// index, whose hash is a good one, lets them run side by side.
func TestSpillConcurrentSafe(t *testing.T) {
	const n = 2000
	h := NewHasher[int](NewSeed())
	bad := func(int) uint64 { return 42 }
	p := table{NewPartition[int, int](Config[int]{Hash: bad, Hasher: h.Index()}), bad}
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range n {
				p.put(i*4+w, i)
			}
		})
	}
	wg.Wait()
	for k := range 4 * n {
		if v, ok := p.get(k); !ok || v != k/4 {
			t.Fatalf("Get(%d) = %d, %v", k, v, ok)
		}
	}
	if r := retire(t, p); r.Len() != 4*n {
		t.Errorf("%d entries, want %d", r.Len(), 4*n)
	}
}

// The next generation has a store of the right size: one that was outgrown does
// not serve again, though its keys recur.
func TestOutgrownStoresEnd(t *testing.T) {
	p := alternating(t, 100)
	cycle(t, p, 5000, 9)
	if p.recycling.standby != nil && p.recycling.standby.outgrown() {
		t.Error("a store that was outgrown stands by")
	}
	cycle(t, p, 5000, 10)
	for range 3 {
		cycle(t, p, 5000, 11)
		if s := p.recycling.standby; s == nil || s.outgrown() {
			t.Fatal("no store of the right size stands by")
		}
	}
}

// Levels come while others insert and look: no key is ever out of sight.
func TestLevelsConcurrentSafe(t *testing.T) {
	p := newTable(nil)
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 5000 {
				k := i*4 + w
				p.put(k, k)
				for _, seen := range []int{k, i/2*4 + w, w} {
					if v, ok := p.get(seen); !ok || v != seen {
						t.Errorf("Get(%d) = %d, %v", seen, v, ok)
						return
					}
				}
			}
		})
	}
	wg.Wait()
	if r := retire(t, p); r.Len() != 20_000 {
		t.Errorf("%d entries, want 20000", r.Len())
	}
}
