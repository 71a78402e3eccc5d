package shard

import (
	"sync"
	"sync/atomic"
	"testing"
)

func TestLimit(t *testing.T) {
	each(t, func(t *testing.T, p tested) {
		limit := NewLimit(2, 0)
		p.limit = limit
		for key, want := range map[int]Status{1: Inserted, 2: Inserted} {
			if status, _ := p.put(key, 1); status != want {
				t.Errorf("Put(%d) = %v, want %v", key, status, want)
			}
		}
		for _, c := range []struct {
			name   string
			status func() Status
			want   Status
		}{
			{"a new key", func() Status { s, _ := p.put(3, 1); return s }, Full},
			{"a new versioned key", func() Status { s, _ := p.putNewer(3, 1, 1); return s }, Full},
			{"an overwrite", func() Status { s, _ := p.put(1, 2); return s }, Overwrote},
			{"a versioned overwrite", func() Status { s, _ := p.putNewer(1, 3, 1); return s }, Overwrote},
			{"the room of a deleted key", func() Status { p.remove(1); s, _ := p.put(3, 1); return s }, Inserted},
			{"a revival without room", func() Status { s, _ := p.put(1, 1); return s }, Full},
			{"a revival with room", func() Status { p.remove(2); s, _ := p.put(1, 1); return s }, Inserted},
		} {
			if got := c.status(); got != c.want {
				t.Errorf("%s: %v, want %v", c.name, got, c.want)
			}
		}
		if left(limit) != 0 {
			t.Errorf("%d units left of 2 with 2 entries", left(limit))
		}
		r := retire(t, p)
		if r.Len() != 2 {
			t.Errorf("%d entries, want 2: refused ones leave nothing behind", r.Len())
		}
		if status, _ := p.put(9, 1); status != Full {
			t.Errorf("Put = %v with two in flight, want Full", status)
		}
		p.Give(r.Len(), 0) // delivered
		p.Release(r)
		if status, _ := p.put(9, 1); status != Inserted {
			t.Errorf("Put = %v after the delivery, want Inserted", status)
		}
		p.Stop()
		if status, _ := p.put(10, 1); status != Closed {
			t.Errorf("Put = %v after Stop, want Closed", status)
		}
		if left(limit) != 1 {
			t.Errorf("%d units left, want 1: what is refused holds none", left(limit))
		}
	})
}

// Never more units out than there are, whatever is bounded, and the last one is not
// refused to both of two that ask for it.
func TestLimitConcurrentSafe(t *testing.T) {
	for _, c := range []struct {
		name  string
		limit *Limit
		units int64
	}{
		{"entries", NewLimit(3, 0), 3},
		{"the last entry", NewLimit(1, 0), 1},
		{"the last byte", NewLimit(0, 1), 1},
		{"the last of both", NewLimit(1, 1), 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := c.limit
			var out atomic.Int64
			var wg sync.WaitGroup
			begin := make(chan struct{}) // together, so that they meet
			for range 8 {
				wg.Go(func() {
					<-begin
					for range 100_000 {
						if !l.Take(1) {
							continue
						}
						if n := out.Add(1); n > c.units {
							t.Errorf("%d units out of %d", n, c.units)
						}
						out.Add(-1)
						l.Give(1, 1)
					}
				})
			}
			close(begin)
			wg.Wait()
			if entries, bytes := l.Left(); l.counts && entries != c.units || l.sizes && bytes != c.units {
				t.Errorf("%d entries and %d bytes left at the end, want %d", entries, bytes, c.units)
			}
			for range c.units {
				if !l.Take(1) {
					t.Error("a unit that is left is refused")
				}
			}
			if l.Take(1) {
				t.Error("one unit more than there are")
			}
		})
	}
}

// Both bounds are kept at once: what has no room in one takes nothing of the other.
func TestLimitOfBoth(t *testing.T) {
	l := NewLimit(2, 100)
	for _, c := range []struct {
		name string
		size int64
		want bool
		left [2]int64
	}{
		{"too large", 101, false, [2]int64{2, 100}},
		{"the first", 60, true, [2]int64{1, 40}},
		{"no bytes", 41, false, [2]int64{1, 40}},
		{"the last of both", 40, true, [2]int64{0, 0}},
		{"no entry, no bytes needed", 0, false, [2]int64{0, 0}},
	} {
		if ok := l.Take(c.size); ok != c.want {
			t.Errorf("%s: Take = %v, want %v", c.name, ok, c.want)
		}
		if e, b := l.Left(); [2]int64{e, b} != c.left {
			t.Errorf("%s: %d entries and %d bytes left, want %v", c.name, e, b, c.left)
		}
	}
	l.Give(0, -50) // grown values are taken, there or not
	l.Give(2, 100)
	if l.Take(51) || !l.Take(50) {
		t.Error("the limit forgets what values have grown")
	}
}
