package shard

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// items reads a retired generation with all that its slots hold.
func items(r *Retired[int, int]) (all []Item[int, int]) {
	c := r.Cursor()
	for s, version := c.Next(); s != nil; s, version = c.Next() {
		all = append(all, s.Item(version))
	}
	slices.SortFunc(all, func(a, b Item[int, int]) int { return a.Key - b.Key })
	return all
}

// What failed comes back as it was, unless something was written since.
func TestRestore(t *testing.T) {
	each(t, func(t *testing.T, p tested) {
		p.putNewer(1, 10, 5)
		p.putNewer(1, 11, 6)
		p.put(2, 20)
		p.put(3, 30)
		p.put(4, 40)
		r := retire(t, p)
		p.put(2, 21)
		p.put(3, 31)
		p.remove(3)
		p.put(4, 41)
		p.remove(4)
		p.put(4, 42)
		for i, want := range []Status{Inserted, Stale, Inserted, Stale} {
			item := items(r)[i]
			item.Attempts = 3
			if status, _ := p.Restore(item, 0); status != want {
				t.Errorf("Restore(%+v) = %v, want %v", item, status, want)
			}
		}
		p.Release(r)
		if status, _ := p.putNewer(1, 12, 6); status != Stale {
			t.Errorf("PutNewer = %v over the restored version, want Stale", status)
		}
		if status, _ := p.putNewer(1, 13, 7); status != Overwrote {
			t.Errorf("PutNewer = %v over the restored version, want Overwrote", status)
		}
		r = retire(t, p)
		want := map[int]Item[int, int]{
			1: {Key: 1, Value: 13, Version: 7, Updates: 2},
			2: {Key: 2, Value: 21},
			3: {Key: 3, Value: 30, Attempts: 3},
			4: {Key: 4, Value: 42},
		}
		got := map[int]Item[int, int]{}
		for _, i := range items(r) {
			got[i.Key] = i
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("entries (-want +got):\n%s", diff)
		}
		// Four of the first generation, of which two came back and two were
		// overwritten by what was written since.
		l := p.Ledger()
		if l.Restored != 2 || l.Accepted != 5+5 || l.Accepted+l.Restored != l.Overwritten+l.Erased+4+4 {
			t.Errorf("ledger %+v", l)
		}
		p.Stop()
		if status, _ := p.Restore(want[1], 0); status != Closed {
			t.Errorf("Restore = %v after Stop, want Closed", status)
		}
	})
}

// What comes back holds its unit of the limit already.
func TestRestoreTakesNoRoom(t *testing.T) {
	limit := NewLimit(1, 0)
	p := newTested(limit)
	p.put(1, 10)
	r := retire(t, p)
	if status, _ := p.Restore(items(r)[0], 0); status != Inserted || left(limit) != 0 {
		t.Errorf("Restore = %v with %d units left, want Inserted and 0", status, left(limit))
	}
	p.remove(1)
	if status, _ := p.Restore(items(r)[0], 0); status != Inserted { // a revival
		t.Errorf("Restore = %v, want Inserted", status)
	}
}

func TestTombstones(t *testing.T) {
	each(t, func(t *testing.T, p tested) {
		p.put(1, 10)
		if status, _ := p.bury(1); status != Overwrote {
			t.Errorf("Bury of a buffered key = %v, want Overwrote", status)
		}
		if status, _ := p.bury(2); status != Inserted {
			t.Errorf("Bury of an absent key = %v, want Inserted", status)
		}
		p.putNewer(3, 30, 5)
		for version, want := range map[int64]Status{4: Stale, 5: Stale} {
			if status, _ := p.buryNewer(3, version); status != want {
				t.Errorf("BuryNewer(version %d) = %v, want %v", version, status, want)
			}
		}
		if status, _ := p.buryNewer(3, 6); status != Overwrote {
			t.Errorf("BuryNewer(version 6) = %v, want Overwrote", status)
		}
		for key := range 4 {
			if v, ok := p.get(key); ok {
				t.Errorf("Get(%d) = %d, want nothing", key, v)
			}
		}
		p.put(4, 40)
		p.bury(4)
		p.put(4, 41) // alive again
		if v, ok := p.get(4); !ok || v != 41 {
			t.Errorf("Get(4) = %d, %v; want 41", v, ok)
		}
		if p.Size() != 4 {
			t.Errorf("Size = %d, want 4: a tombstone is an entry", p.Size())
		}
		want := []Item[int, int]{
			{Key: 1, Deleted: true},
			{Key: 2, Deleted: true},
			{Key: 3, Version: 6, Updates: 1, Deleted: true},
			{Key: 4, Value: 41},
		}
		r := retire(t, p)
		if diff := cmp.Diff(want, items(r)); diff != "" {
			t.Errorf("entries (-want +got):\n%s", diff)
		}
		if s, _ := r.Get(1); !s.Deleted() || s.Attempts() != 0 {
			t.Errorf("the first key's slot: deleted %v, attempts %d", s.Deleted(), s.Attempts())
		}
		if status, _ := p.putNewer(3, 31, 6); status != Stale {
			t.Errorf("PutNewer = %v against a tombstone in flight, want Stale", status)
		}
	})
}
