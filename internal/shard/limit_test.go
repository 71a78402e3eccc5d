package shard

import (
	"sync"
	"sync/atomic"
	"testing"
)

func TestLimit(t *testing.T) {
	each(t, func(t *testing.T, p table) {
		limit := NewLimit(2)
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
		if limit.Left() != 0 {
			t.Errorf("%d units left of 2 with 2 entries", limit.Left())
		}
		r := retire(t, p)
		if r.Len() != 2 {
			t.Errorf("%d entries, want 2: refused ones leave nothing behind", r.Len())
		}
		if status, _ := p.put(9, 1); status != Full {
			t.Errorf("Put = %v with two in flight, want Full", status)
		}
		limit.Give(r.Len()) // delivered
		p.Release(r)
		if status, _ := p.put(9, 1); status != Inserted {
			t.Errorf("Put = %v after the delivery, want Inserted", status)
		}
		p.Stop()
		if status, _ := p.put(10, 1); status != Closed {
			t.Errorf("Put = %v after Stop, want Closed", status)
		}
		if limit.Left() != 1 {
			t.Errorf("%d units left, want 1: what is refused holds none", limit.Left())
		}
	})
}

func TestNoLimit(t *testing.T) {
	var none *Limit
	none.Give(1)
	if !none.take() {
		t.Error("no limit ends")
	}
}

// Never more units out than there are, and the last one is not refused to both
// of two that ask for it.
func TestLimitConcurrentSafe(t *testing.T) {
	const units = 3
	l := NewLimit(units)
	var out atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 2000 {
				if !l.take() {
					continue
				}
				n := out.Add(1)
				if n > units {
					t.Errorf("%d units out of %d", n, units)
				}
				out.Add(-1)
				l.Give(1)
			}
		})
	}
	wg.Wait()
	if l.Left() != units {
		t.Errorf("%d units left at the end, want %d", l.Left(), units)
	}
	for range units {
		if !l.take() {
			t.Error("a unit that is left is refused")
		}
	}
	if l.take() {
		t.Error("one unit more than there are")
	}
}
