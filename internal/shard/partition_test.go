package shard

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A partition is a map that is emptied at each retire, whatever its hash is
// worth and whether its stores are fresh or serve again.
func TestPartitionAgainstAMap(t *testing.T) {
	each(t, func(t *testing.T, p tested) {
		rng := rand.New(rand.NewPCG(1, 2))
		want := map[int]got{}
		for op := range 30_000 {
			key, value, version := rng.IntN(150), op, int64(rng.IntN(1000)-500)
			old, there := want[key]
			switch rng.IntN(5) {
			case 0, 1:
				status, live := p.put(key, value)
				want[key] = got{Key: key, Value: value}
				if status != Inserted && !there || status != Overwrote && there || !there && int(live) != len(want) {
					t.Fatalf("Put(%d) = %v, %d; there %v, %d keys", key, status, live, there, len(want))
				}
			case 2:
				status, _ := p.putNewer(key, value, version)
				newer := !there || version > old.Version
				if stored := status != Stale; stored != newer {
					t.Fatalf("PutNewer(%d, %d) = %v over %+v", key, version, status, old)
				}
				if newer {
					updates := old.Updates + 1
					if !there {
						updates = 0
					}
					want[key] = got{key, value, version, updates}
				}
			case 3:
				if v, ok := p.get(key); ok != there || v != old.Value {
					t.Fatalf("Get(%d) = %d, %v; want %d, %v", key, v, ok, old.Value, there)
				}
			case 4:
				if deleted, open := p.remove(key); deleted != there || !open {
					t.Fatalf("Delete(%d) = %v, %v; want %v", key, deleted, open, there)
				}
				delete(want, key)
			}
			if p.Size() != len(want) {
				t.Fatalf("Size is %d of %d", p.Size(), len(want))
			}
			if rng.IntN(700) == 0 {
				r := retire(t, p)
				byKey := map[int]got{}
				for _, e := range entries(r) {
					byKey[e.Key] = e
				}
				if diff := cmp.Diff(want, byKey); diff != "" {
					t.Fatalf("retired (-want +got):\n%s", diff)
				}
				p.Release(r)
				clear(want)
			}
		}
	})
}

// Keys that come and go within an interval must not make the store grow for
// ever: a generation of dead slots is forgotten.
func TestDeadSlotsAreForgotten(t *testing.T) {
	p := newTested(nil)
	for key := range 10_000 {
		p.put(key, key)
		p.remove(key)
		if key%100 == 99 {
			if r := retire(t, p); r != nil {
				t.Fatalf("%d entries retired, all were deleted", r.Len())
			}
			if taken, _ := p.current.Load().gen.taken(); taken != 0 {
				t.Fatalf("%d slots taken in a fresh generation", taken)
			}
		}
	}
}

// Of two revivals of one slot one is told to look again.
func TestRevivalOfALiveSlot(t *testing.T) {
	p := newTested(nil)
	p.put(1, 10)
	p.remove(1)
	g := p.current.Load()
	slot := g.find(p.of(1), 1)
	p.put(1, 20) // came first
	if _, _, ok := p.revive(g, slot, p.of(1), 30, wordOf(0), plain, 0); ok {
		t.Error("a live slot is revived")
	}
	if v, _ := p.get(1); v != 20 || p.Size() != 1 {
		t.Errorf("Get = %d of %d entries, want 20 of 1", v, p.Size())
	}
}
