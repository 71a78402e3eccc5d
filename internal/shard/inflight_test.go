package shard

import "testing"

// What is in flight rejects what is not newer, and only that, until released.
func TestInFlightLook(t *testing.T) {
	each(t, func(t *testing.T, p tested) {
		p.putNewer(1, 10, 5)
		p.put(2, 20)
		p.putNewer(3, 30, 5)
		p.remove(3)
		r := retire(t, p)
		for _, c := range []struct {
			key     int
			version int64
			want    Status
		}{
			{1, 4, Stale},
			{1, 5, Stale},
			{1, 6, Inserted},
			{1, 6, Stale},
			{2, 0, Stale},
			{2, -1, Stale},
			{2, 1, Inserted}, // a put has version 0
			{3, 1, Inserted}, // deleted before the retire: no constraint
			{4, MinVersion, Inserted},
		} {
			if status, _ := p.putNewer(c.key, 99, c.version); status != c.want {
				t.Errorf("PutNewer(%d, version %d) = %v, want %v", c.key, c.version, status, c.want)
			}
		}
		// A plain Put asks nobody; a revival asks again.
		p.remove(1)
		if status, _ := p.putNewer(1, 99, 5); status != Stale {
			t.Errorf("revival with the version in flight = %v, want Stale", status)
		}
		if status, _ := p.put(1, 99); status != Inserted {
			t.Errorf("Put = %v, want Inserted", status)
		}
		p.remove(1)
		p.Release(r)
		if status, _ := p.putNewer(1, 99, -5); status != Inserted {
			t.Errorf("after the release = %v, want Inserted", status)
		}
	})
}

// While Stop retires the current generation, an older one may be in flight
// behind it: a writer that still sees the current one looks there.
func TestInFlightLookPastTheOwnGeneration(t *testing.T) {
	p := newTested(nil)
	p.putNewer(1, 10, 5)
	r := retire(t, p)
	g := p.current.Load()
	g.older.Store(p.inflight.Load()) // swap, half way
	p.inflight.Store(g)
	if status, _ := p.putNewer(1, 11, 4); status != Stale {
		t.Errorf("a version older than what is in flight = %v, want Stale", status)
	}
	if status, _ := p.putNewer(1, 12, 6); status != Inserted {
		t.Errorf("a newer one = %v, want Inserted", status)
	}
	p.Release(r)
	if g.older.Load() != nil || p.inflight.Load() != g {
		t.Error("Release leaves the chain of generations as it was")
	}
}

// Release takes its generation out wherever it is in the chain.
func TestReleaseInAnyOrder(t *testing.T) {
	for _, first := range []int{0, 1} {
		p := newTested(nil)
		p.put(1, 10)
		drained := retire(t, p)
		p.put(1, 11)
		final := p.Stop()
		order := []*Retired[int, int]{drained, final}
		p.Release(order[first])
		p.Release(order[1-first])
		if p.inflight.Load() != nil || drained.t.older.Load() != nil || final.t.older.Load() != nil {
			t.Errorf("released %d first: a generation is still remembered", first)
		}
	}
}

func TestVersionMemory(t *testing.T) {
	v := NewVersions[int](2)
	for key := range 3 {
		v.Remember(key, int64(10*key))
	}
	for _, c := range []struct {
		key     int
		version int64
		want    bool
	}{{1, 9, true}, {1, 10, true}, {1, 11, false}, {2, 20, true}, {2, 21, false}, {9, 0, false}} {
		if got := v.newer(c.key, wordOf(c.version)); got != c.want {
			t.Errorf("newer(%d, version %d) = %v, want %v", c.key, c.version, got, c.want)
		}
	}
	v.Remember(1, 5) // what was delivered last counts, not the highest
	if v.newer(1, wordOf(6)) {
		t.Error("the version before the last one is remembered")
	}
	for key := 10; key < 14; key++ { // four keys more: older ones are forgotten
		v.Remember(key, 1)
	}
	if v.newer(2, wordOf(0)) || !v.newer(12, wordOf(1)) || !v.newer(13, wordOf(1)) {
		t.Error("want the last two keys remembered, and at most four")
	}
}

// The memory is asked after what is in flight, by inserts and revivals.
func TestVersionMemoryOfAPartition(t *testing.T) {
	h := NewHasher[int](NewSeed())
	v := NewVersions[int](10)
	p := tested{NewPartition[int, int](Config[int]{Hash: h.Hash, Versions: v}), h.Hash}
	p.putNewer(1, 10, 5)
	r := retire(t, p)
	v.Remember(1, 5)
	p.Release(r)
	if status, _ := p.putNewer(1, 11, 5); status != Stale {
		t.Errorf("PutNewer = %v, want Stale after the delivery too", status)
	}
	if status, _ := p.putNewer(1, 11, 6); status != Inserted {
		t.Errorf("PutNewer = %v, want Inserted", status)
	}
	p.remove(1)
	if status, _ := p.putNewer(1, 11, 4); status != Stale {
		t.Errorf("revival = %v, want Stale", status)
	}
}
