package shard

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What was made of a restored entry and of one written since counts as both.
func TestWriteIfOfARestoredItem(t *testing.T) {
	each(t, func(t *testing.T, p tested) {
		p.put(1, 10)
		p.putNewer(2, 20, 4)
		r := retire(t, p)
		p.put(1, 1)
		for _, i := range items(r) {
			seen, _ := p.Peek(p.of(i.Key), i.Key)
			i.Attempts, i.Value = 2, i.Value+seen.Item.Value
			status, _, ok := p.WriteIf(&seen, p.of(i.Key), i, 0, true)
			if want := map[int]Status{1: Overwrote, 2: Inserted}[i.Key]; !ok || status != want {
				t.Errorf("WriteIf(%+v) = %v, %v; want %v", i, status, ok, want)
			}
		}
		p.Release(r)
		want := map[int]Item[int, int]{1: {Key: 1, Value: 11, Attempts: 2}, 2: {Key: 2, Value: 20, Version: 4, Attempts: 2}}
		r = retire(t, p)
		for _, i := range items(r) {
			if i != want[i.Key] {
				t.Errorf("got %+v, want %+v", i, want[i.Key])
			}
		}
		if l := p.Ledger(); l.Inserted != 3 || l.Accepted != 3 || l.Restored != 2 {
			t.Errorf("ledger %+v, want 3 inserted, 2 restored", l)
		}
		wantBalance(t, p, 2+r.Len())
	})
}

// A value says that a tombstone came before it, until the next generation.
func TestReset(t *testing.T) {
	h := NewHasher[int](NewSeed())
	for _, resets := range []bool{true, false} {
		p := tested{NewPartition[int, int](Config[int]{Hash: h.Hash, Hasher: h.Index(), Resets: resets}), h.Hash}
		p.bury(1)
		p.merge(1, 5, add)
		p.merge(1, 6, add)
		p.buryNewer(2, 3)
		p.Write(p.of(2), Item[int, int]{Key: 2, Value: 20, Version: 4}, true, 0)
		p.put(3, 30)
		p.merge(3, 1, add)
		p.bury(4)
		p.merge(4, 40, add)
		p.bury(4)
		want := []Item[int, int]{
			{Key: 1, Value: 11, Reset: resets},
			{Key: 2, Value: 20, Version: 4, Updates: 1, Reset: resets},
			{Key: 3, Value: 31},
			{Key: 4, Deleted: true},
		}
		r := retire(t, p)
		if diff := cmp.Diff(want, items(r)); diff != "" {
			t.Errorf("resets %v: entries (-want +got):\n%s", resets, diff)
		}
		p.Restore(want[0], 0) // it comes back as it was
		p.merge(1, 1, add)
		if i, _, _ := p.Lookup(1); i != (Item[int, int]{Key: 1, Value: 12, Reset: resets}) {
			t.Errorf("resets %v: after a merge with what came back: %+v", resets, i)
		}
		p.Release(r)
		p.merge(4, 1, add) // the tombstone has been delivered
		if i, _, _ := p.Lookup(4); i != (Item[int, int]{Key: 4, Value: 1}) {
			t.Errorf("resets %v: in the next generation: %+v", resets, i)
		}
	}
}
