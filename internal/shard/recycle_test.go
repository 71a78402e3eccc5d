package shard

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// cycle writes the keys 0 to n-1, retires and recycles; the values are told by
// the round.
func cycle(t *testing.T, p table, n, round int) {
	t.Helper()
	for key := range n {
		p.put(key, round)
	}
	r := retire(t, p)
	if r.Len() != n {
		t.Fatalf("round %d: %d entries, want %d", round, r.Len(), n)
	}
	p.Recycle(r)
}

// alternating is a partition whose two stores take turns.
func alternating(t *testing.T, n int) table {
	t.Helper()
	p := newTable(nil)
	for round := range 4 {
		cycle(t, p, n, round)
	}
	if p.recycling.standby == nil {
		t.Fatal("no store stands by although all keys recur")
	}
	return p
}

// A store that serves again holds nothing of what it held: no entry, no value,
// no version, no updates.
func TestRecycledStoresAreEmpty(t *testing.T) {
	p := alternating(t, 100)
	s := p.recycling.standby
	if taken, live := s.taken(); live != 0 || taken != 100 {
		t.Errorf("%d live entries of %d slots stand by, want 0 of 100", live, taken)
	}
	s.each(func(slot *Slot[int, int]) bool {
		if slot.word.Load() != dead || slot.value != 0 || slot.meta != 0 {
			t.Errorf("slot of key %d: word %d, value %d, meta %x; want a dead one", slot.key, slot.word.Load(), slot.value, slot.meta)
		}
		return true
	})
	retireEmpty := func() {
		p.put(200, 1)
		p.Release(retire(t, p))
	}
	retireEmpty() // the next generation gets the standby
	if p.current.Load().store != s {
		t.Fatal("the store does not serve again")
	}
	for key := range 100 {
		if v, ok := p.get(key); ok {
			t.Fatalf("Get(%d) = %d in an empty generation", key, v)
		}
	}
	if status, live := p.putNewer(7, 70, MinVersion); status != Inserted || live != 1 {
		t.Errorf("PutNewer = %v, %d; want Inserted as the first: no version is remembered", status, live)
	}
	p.putNewer(7, 71, 5)
	if diff := cmp.Diff([]got{{7, 71, 5, 1}}, entries(retire(t, p))); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
}

// What somebody keeps is not used again: Release, not Recycle.
func TestReleasedStoresAreKept(t *testing.T) {
	p := alternating(t, 100)
	var kept []*Retired[int, int]
	for round := range 5 {
		for key := range 100 {
			p.put(key, 1000+round)
		}
		r := retire(t, p)
		kept = append(kept, r)
		p.Release(r)
	}
	for round, r := range kept {
		for _, e := range entries(r) {
			if e.Value != 1000+round {
				t.Fatalf("generation %d holds %+v, want what it was retired with", round, e)
			}
		}
	}
}

// Sleepers that wake up after their store has served others.
func TestSleepersOfAFormerIncarnation(t *testing.T) {
	p := alternating(t, 100)
	g := p.current.Load()
	slot := g.store.find(p.of(5), 5)
	for p.current.Load() == g || p.current.Load().store != g.store { // until the store serves again
		cycle(t, p, 100, 50)
	}
	p.put(5, 1)
	t.Run("a claim", func(t *testing.T) {
		if _, ok := p.claimLive(g, slot); ok {
			t.Error("a claim for a former generation succeeds")
		}
		p.remove(5)
		if _, _, ok := p.revive(g, slot, p.of(5), 99, wordOf(0), plain, 0); ok {
			t.Error("a revival for a former generation succeeds")
		}
	})
	t.Run("an insert", func(t *testing.T) {
		before, _ := g.store.taken()
		if _, _, ok := p.insert(g, p.of(777), 777, 99, wordOf(0), plain, 0); ok {
			t.Error("an insert enters by the gate of a former generation")
		}
		if after, _ := g.store.taken(); after != before {
			t.Error("it leaves a slot behind")
		}
	})
	if v, ok := p.get(5); ok || v != 0 {
		t.Errorf("Get = %d, %v; want nothing", v, ok)
	}
}

// Keys that no longer recur end it, also where most of what is taken is dead.
func TestRecyclingEnds(t *testing.T) {
	t.Run("fresh keys", func(t *testing.T) {
		p := alternating(t, 100)
		for round := range 3 {
			for key := range 100 {
				p.put(1000*(round+1)+key, 1)
			}
			p.Recycle(retire(t, p))
		}
		if p.recycling.recur || p.recycling.standby != nil {
			t.Error("a store stands by for keys that do not recur")
		}
	})
	t.Run("mostly dead", func(t *testing.T) {
		p := alternating(t, 1000)
		s := p.current.Load().store
		for key := range 10 {
			p.put(key, 1)
		}
		p.Recycle(retire(t, p))
		if p.recycling.standby == s {
			t.Error("a store of 10 entries in 1000 slots stands by")
		}
	})
	t.Run("stopped", func(t *testing.T) {
		p := alternating(t, 100)
		p.put(1, 1)
		r := retire(t, p)
		p.Stop()
		p.Recycle(r)
		if p.recycling.standby != nil {
			t.Error("a store stands by for a stopped partition")
		}
	})
}

// A store that waits for its keys does so for some ticks, not for ever.
func TestIdleStoresAreForgotten(t *testing.T) {
	p := alternating(t, 100)
	g := p.current.Load()
	for tick := range idleTicks - 1 {
		if r := retire(t, p); r != nil {
			t.Fatalf("tick %d retires %v", tick, entries(r))
		}
		if p.current.Load() != g {
			t.Fatalf("the store is forgotten after %d idle ticks, want %d", tick+1, idleTicks)
		}
	}
	retire(t, p)
	if p.current.Load().store == g.store || p.recycling.standby != nil {
		t.Errorf("a store is still there after %d idle ticks", idleTicks)
	}
	if taken, _ := p.current.Load().store.taken(); taken != 0 {
		t.Errorf("%d slots in the store that took its place", taken)
	}
}

// Growth past what a recycled store has room for goes to its arena.
func TestRecycledStoresGrow(t *testing.T) {
	p := alternating(t, 100)
	for round := range 6 {
		cycle(t, p, 100*(round+2), round)
	}
}

// What was counted in a store's former generation counts in none of its later ones.
func TestRecycledStoresCountAnew(t *testing.T) {
	p := alternating(t, 100)
	s := p.current.Load().store
	for i := range 1<<writesBits + 1 { // one carry
		p.put(1, i)
	}
	for key := range 100 {
		p.put(key, key)
	}
	p.mergeBack(Item[int, int]{Key: 1, Value: 5})
	p.remove(2)
	if s.carries.Load() == 0 || s.erased.Load() == 0 || s.restored.Load() == 0 || s.merged.Load() == 0 {
		t.Fatal("something is not counted at all")
	}
	p.Recycle(retire(t, p))
	if p.recycling.standby != s {
		t.Fatal("the store does not stand by")
	}
	for name, count := range map[string]uint64{
		"carries": s.carries.Load(), "erased": s.erased.Load(), "restored": s.restored.Load(), "merged": s.merged.Load(),
	} {
		if count != 0 {
			t.Errorf("%d %s are left of the generation before", count, name)
		}
	}
}
