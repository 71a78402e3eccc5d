package shard

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestLookup(t *testing.T) {
	each(t, func(t *testing.T, p tested) {
		wants := func(key int, want Item[int, int], inFlight, ok bool) {
			t.Helper()
			i, f, o := p.Lookup(key)
			if diff := cmp.Diff(want, i); diff != "" || f != inFlight || o != ok {
				t.Errorf("Lookup(%d) = in flight %v, %v; want %v, %v; item (-want +got):\n%s", key, f, o, inFlight, ok, diff)
			}
		}
		wants(1, Item[int, int]{}, false, false)
		p.putNewer(1, 10, 5)
		p.putNewer(1, 11, 6)
		p.bury(2)
		p.put(3, 30)
		p.remove(3)
		first := Item[int, int]{Key: 1, Value: 11, Version: 6, Updates: 1}
		wants(1, first, false, true)
		wants(2, Item[int, int]{Key: 2, Deleted: true}, false, true)
		wants(3, Item[int, int]{}, false, false)
		r := retire(t, p)
		wants(1, first, true, true)
		wants(3, Item[int, int]{}, false, false)
		p.put(1, 12) // the newer one hides the one in flight
		wants(1, Item[int, int]{Key: 1, Value: 12}, false, true)
		p.remove(1)
		wants(1, first, true, true)
		final := p.Stop() // nothing in it
		if final != nil {
			t.Errorf("Stop retires %v", entries(final))
		}
		wants(1, first, true, true)
		p.Release(r)
		wants(1, Item[int, int]{}, false, false)
	})
}

// Past the newest generation in flight to the one behind it.
func TestLookupInTheOlderGeneration(t *testing.T) {
	p := newTested(nil)
	p.put(1, 10)
	drained := retire(t, p)
	p.put(2, 20)
	final := p.Stop()
	for key := 1; key <= 2; key++ {
		if i, inFlight, ok := p.Lookup(key); !ok || !inFlight || i.Value != 10*key {
			t.Errorf("Lookup(%d) = %+v, %v, %v; want it in flight", key, i, inFlight, ok)
		}
	}
	p.Release(drained)
	if _, _, ok := p.Lookup(1); ok {
		t.Error("Lookup finds what has been released")
	}
	p.Release(final)
}

// A slot of a generation that was released is nobody's to read, though it is
// still there.
func TestLookupChecksThatItIsInFlight(t *testing.T) {
	p := newTested(nil)
	p.put(1, 10)
	g := p.current.Load()
	p.Release(retire(t, p))
	if i, ok := p.lookupRetired(g, p.hash(1), 1); ok {
		t.Errorf("lookupRetired = %+v of a released generation", i)
	}
	if w := g.find(p.of(1), 1).word.Load(); w != wordOf(0) {
		t.Errorf("it leaves the word %d", w)
	}
}

// A generation that is retired between two looks of a Lookup is looked at again.
func TestLookupAcrossARetire(t *testing.T) {
	for name, test := range map[string]struct {
		meddle   func(t *testing.T, p tested)
		inFlight bool
		ok       bool
	}{
		"retired":              {func(t *testing.T, p tested) { retire(t, p) }, true, true},
		"retired and released": {func(t *testing.T, p tested) { p.Release(retire(t, p)) }, false, false},
		"requeued": {func(t *testing.T, p tested) {
			r := retire(t, p)
			p.mergeBack(items(r)[0])
			p.Release(r)
		}, false, true},
		"stopped": {func(_ *testing.T, p tested) { p.Stop() }, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			p := newInterrupted()
			p.put(1, 10)
			p.during(t, 1, func() { test.meddle(t, p.tested) }, func() {
				i, inFlight, ok := p.Lookup(1)
				if inFlight != test.inFlight || ok != test.ok || ok && i.Value != 10 {
					t.Errorf("Lookup = %+v, in flight %v, %v; want %v, %v", i, inFlight, ok, test.inFlight, test.ok)
				}
			})
		})
	}
}

// In the middle of a swap the current generation is in flight, too: it counts
// as current alone, and the one behind it is not forgotten.
func TestLookupInTheMiddleOfASwap(t *testing.T) {
	p := newTested(nil)
	p.put(1, 10)
	p.put(2, 20)
	retire(t, p)
	p.put(2, 21)
	g := p.current.Load()
	g.older.Store(p.inflight.Load())
	p.inflight.Store(g) // swap, half way
	for key, want := range map[int]struct {
		value        int
		inFlight, ok bool
	}{1: {10, true, true}, 2: {21, false, true}, 3: {0, false, false}} {
		i, inFlight, ok := p.Lookup(key)
		if i.Value != want.value || inFlight != want.inFlight || ok != want.ok {
			t.Errorf("Lookup(%d) = %+v, in flight %v, %v; want %+v", key, i, inFlight, ok, want)
		}
	}
}

// Somebody else's claim of a slot in flight is waited for.
func TestLookupInFlightWaitsForTheClaim(t *testing.T) {
	p := newInterrupted()
	p.put(1, 10)
	slot := p.current.Load().find(p.of(1), 1)
	retire(t, p.tested)
	var given atomic.Bool
	claim := func() {
		w := slot.word.Swap(busy)
		go func() {
			given.Store(true)
			slot.word.Store(w)
		}()
	}
	p.during(t, 2, claim, func() { // its second look: the first one is at the current generation
		if i, inFlight, ok := p.Lookup(1); !ok || !inFlight || i.Value != 10 || !given.Load() {
			t.Errorf("Lookup = %+v, in flight %v, %v while the slot is claimed", i, inFlight, ok)
		}
	})
}

// A key that is always somewhere is found always: current, in flight, restored.
func TestLookupConcurrentSafe(t *testing.T) {
	p := newTested(nil)
	p.put(1, 10)
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for range 5000 {
				if i, _, ok := p.Lookup(1); !ok || i.Value != 10 {
					t.Errorf("Lookup = %+v, %v", i, ok)
					return
				}
			}
		})
	}
	var flusher sync.WaitGroup
	flusher.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			r, _ := p.Retire()
			for _, i := range items(r) {
				p.Restore(i, 0)
			}
			p.Release(r)
		}
	})
	wg.Wait()
	close(done)
	flusher.Wait()
}

func TestWalk(t *testing.T) {
	each(t, func(t *testing.T, p tested) {
		var want []Item[int, int]
		for key := range 200 {
			p.putNewer(key, 10*key, int64(key))
			if key%3 == 0 {
				p.remove(key)
				continue
			}
			want = append(want, Item[int, int]{Key: key, Value: 10 * key, Version: int64(key)})
		}
		p.bury(999)
		want = append(want, Item[int, int]{Key: 999, Deleted: true})
		var all []Item[int, int]
		if !p.Walk(func(i Item[int, int]) bool { all = append(all, i); return true }) {
			t.Error("Walk says that it was stopped")
		}
		byKey := cmpopts.SortSlices(func(a, b Item[int, int]) bool { return a.Key < b.Key })
		if diff := cmp.Diff(want, all, byKey); diff != "" {
			t.Errorf("walked (-want +got):\n%s", diff)
		}
		// It may be left, and no claim is held meanwhile.
		n := 0
		if p.Walk(func(i Item[int, int]) bool { p.put(i.Key, 0); n++; return n < 3 }) || n != 3 {
			t.Errorf("Walk goes on after %d entries", n)
		}
		for most := 1; most <= len(want); most++ {
			seen := map[int]bool{}
			more := p.Walk(func(i Item[int, int]) bool { seen[i.Key] = true; return len(seen) < most })
			if more || len(seen) != most {
				t.Fatalf("Walk says %v and yields %d entries, want it to end at the %d-th", more, len(seen), most)
			}
		}
		// It goes on where the generation is retired under it.
		n = 0
		p.Walk(func(Item[int, int]) bool {
			if n++; n == 1 {
				p.Release(retire(t, p))
			}
			return true
		})
		if n != len(want) {
			t.Errorf("Walk yields %d entries of a generation that was retired after the first, want %d", n, len(want))
		}
		p.Stop()
		if !p.Walk(func(Item[int, int]) bool { t.Error("a stopped partition has entries"); return true }) {
			t.Error("Walk of a stopped partition says that it was stopped by yield")
		}
	})
}

// Cursors of one generation are independent, and may walk at once.
func TestCursorsAreIndependent(t *testing.T) {
	p := newTested(nil)
	for key := range 1000 {
		p.put(key, key)
	}
	r := retire(t, p)
	want := entries(r)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if got := entries(r); !slices.Equal(got, want) {
				t.Errorf("a cursor sees %d entries, others %d", len(got), len(want))
			}
		})
	}
	wg.Wait()
}
