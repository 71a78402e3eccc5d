package shard

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func add(a, b int) int { return a + b }

func TestMerge(t *testing.T) {
	each(t, func(t *testing.T, p tested) {
		for i, want := range []Status{Inserted, Overwrote, Overwrote} {
			if status, _ := p.merge(1, 10+i, add); status != want {
				t.Errorf("Merge = %v, want %v", status, want)
			}
		}
		p.putNewer(2, 100, 7)
		p.merge(2, 1, add) // a plain write: version 0
		p.bury(3)
		p.merge(3, 5, func(old, _ int) int { t.Errorf("a tombstone is merged: %d", old); return old })
		p.put(4, 1)
		p.remove(4)
		if status, live := p.merge(4, 7, add); status != Inserted || live != 4 {
			t.Errorf("Merge into a deleted key = %v, %d; want Inserted as the fourth", status, live)
		}
		want := []got{{1, 33, 0, 0}, {2, 101, 0, 0}, {3, 5, 0, 0}, {4, 7, 0, 0}}
		r := retire(t, p)
		if diff := cmp.Diff(want, entries(r)); diff != "" {
			t.Errorf("entries (-want +got):\n%s", diff)
		}
		wantBalance(t, p, r.Len())
		p.Stop()
		if status, _ := p.merge(1, 1, add); status != Closed {
			t.Errorf("Merge after Stop = %v, want Closed", status)
		}
	})
}

// The function runs with nothing claimed: it may use the partition, and when it
// does so to the same key, it runs again on what it left there.
func TestMergeRunsAgainIfTheKeyChanged(t *testing.T) {
	for name, meddle := range map[string]struct {
		do   func(t *testing.T, p tested)
		want int
	}{
		"overwritten":             {func(_ *testing.T, p tested) { p.put(1, 50) }, 51},
		"by the same value":       {func(_ *testing.T, p tested) { p.put(1, 10) }, 11},
		"deleted":                 {func(_ *testing.T, p tested) { p.remove(1) }, 1},
		"deleted and written":     {func(_ *testing.T, p tested) { p.remove(1); p.put(1, 20) }, 21},
		"buried":                  {func(_ *testing.T, p tested) { p.bury(1) }, 1},
		"retired":                 {func(t *testing.T, p tested) { p.Release(retire(t, p)) }, 1},
		"65536 writes":            {func(_ *testing.T, p tested) { writeOften(p, 1<<writesBits) }, 1<<writesBits + 1},
		"another key wraps":       {func(_ *testing.T, p tested) { p.current.Load().gen.carries.Add(1) }, 11},
		"nothing: it only looked": {func(_ *testing.T, p tested) { p.get(1) }, 11},
	} {
		t.Run(name, func(t *testing.T) {
			p := newTested(nil)
			p.put(1, 10)
			calls := 0
			p.merge(1, 1, func(old, new int) int {
				if calls++; calls == 1 {
					meddle.do(t, p)
				}
				return old + new
			})
			if v, ok := p.get(1); !ok || v != meddle.want {
				t.Errorf("Get = %d, %v after %d calls; want %d", v, ok, calls, meddle.want)
			}
		})
	}
}

// A key that was absent must be absent still, in the same generation.
func TestWriteIfOfAnAbsentKey(t *testing.T) {
	for name, test := range map[string]struct {
		meddle func(t *testing.T, p tested)
		ok     bool
	}{
		"nothing":             {func(*testing.T, tested) {}, true},
		"put":                 {func(_ *testing.T, p tested) { p.put(1, 10) }, false},
		"put and deleted":     {func(_ *testing.T, p tested) { p.put(1, 10); p.remove(1) }, true},
		"another key":         {func(_ *testing.T, p tested) { p.put(2, 10) }, true},
		"retired":             {func(t *testing.T, p tested) { p.put(2, 10); retire(t, p) }, false},
		"stopped":             {func(_ *testing.T, p tested) { p.Stop() }, false},
		"restored from below": {func(_ *testing.T, p tested) { p.Restore(Item[int, int]{Key: 1}, 0) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, dead := range []bool{false, true} {
				p := newTested(nil)
				if dead {
					p.put(1, 9)
					p.remove(1)
				}
				seen, open := p.Peek(p.of(1), 1)
				if seen.Live || !open {
					t.Fatalf("Peek = %+v, %v", seen, open)
				}
				test.meddle(t, p)
				status, _, ok := p.WriteIf(&seen, p.of(1), Item[int, int]{Key: 1, Value: 7}, 0, false)
				if v, _ := p.get(1); ok != test.ok || ok != (v == 7) || ok && status != Inserted {
					t.Errorf("WriteIf = %v, %v and leaves %d; want %v", status, ok, v, test.ok)
				}
			}
		})
	}
}

func TestPeekOfAStoppedPartition(t *testing.T) {
	p := newTested(nil)
	p.put(1, 10)
	p.Stop()
	seen, open := p.Peek(p.of(1), 1)
	if status, _, ok := p.WriteIf(&seen, p.of(1), Item[int, int]{Key: 1}, 0, false); open || !ok || status != Closed {
		t.Errorf("Peek says %v, WriteIf = %v, %v; want Closed", open, status, ok)
	}
	if i, ok := p.InFlight(&seen, p.of(1), 1); !ok || i.Value != 10 {
		t.Errorf("InFlight = %+v, %v; want what Stop retired", i, ok)
	}
}

// InFlight is about what was retired before the generation that was seen.
func TestInFlightBesideWhatWasSeen(t *testing.T) {
	each(t, func(t *testing.T, p tested) {
		p.putNewer(1, 10, 3)
		p.put(2, 20)
		r := retire(t, p)
		p.put(2, 21)
		for key, want := range map[int]Item[int, int]{1: {Key: 1, Value: 10, Version: 3}, 2: {Key: 2, Value: 20}} {
			seen, _ := p.Peek(p.of(key), key)
			if i, ok := p.InFlight(&seen, p.of(key), key); !ok || i != want || seen.Live != (key == 2) {
				t.Errorf("InFlight(%d) = %+v, %v beside %+v", key, i, ok, seen)
			}
		}
		seen, _ := p.Peek(p.of(3), 3)
		if i, ok := p.InFlight(&seen, p.of(3), 3); ok {
			t.Errorf("InFlight(3) = %+v", i)
		}
		// Half way through a swap, what was seen is in flight itself.
		seen, _ = p.Peek(p.of(2), 2)
		g := p.current.Load()
		g.older.Store(p.inflight.Load())
		p.inflight.Store(g)
		if i, ok := p.InFlight(&seen, p.of(2), 2); !ok || i.Value != 20 {
			t.Errorf("InFlight(2) = %+v, %v; want what is behind the generation seen", i, ok)
		}
		p.inflight.Store(g.older.Swap(nil))
		p.Release(r)
		if i, ok := p.InFlight(&seen, p.of(1), 1); ok {
			t.Errorf("InFlight(1) = %+v after the release", i)
		}
	})
}

// writeOften leaves n as the value, after n writes.
func writeOften(p tested, n int) {
	for i := range n {
		p.put(1, i+1)
	}
}

func TestMergeMayPanic(t *testing.T) {
	p := newTested(nil)
	p.put(1, 10)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic is lost")
			}
		}()
		p.merge(1, 1, func(int, int) int { panic("no sum") })
	}()
	if v, ok := p.get(1); !ok || v != 10 {
		t.Errorf("Get = %d, %v; want what was there", v, ok)
	}
	retire(t, p) // nothing is left claimed
}

// mergeBack adds an entry that failed to what was written since.
func (p tested) mergeBack(i Item[int, int]) {
	for {
		seen, _ := p.Peek(p.of(i.Key), i.Key)
		sum := i
		sum.Value += seen.Item.Value
		if _, _, ok := p.WriteIf(&seen, p.of(i.Key), sum, 0, true); ok {
			return
		}
	}
}

// No addend is lost or added twice, beside retires and what is merged back.
func TestMergeConcurrentSafe(t *testing.T) {
	p := newTested(nil)
	const writers, each, keys = 4, 3000, 3
	var wg, flusher sync.WaitGroup
	done := make(chan struct{})
	for range writers {
		wg.Go(func() {
			for i := range each {
				p.merge(i%keys, 1, add)
			}
		})
	}
	sum := 0
	flusher.Go(func() {
		for fail := true; ; fail = !fail {
			select {
			case <-done:
				return
			default:
			}
			r, _ := p.Retire()
			if r == nil {
				continue
			}
			for _, i := range items(r) {
				if fail { // back to where it came from
					p.mergeBack(i)
				} else {
					sum += i.Value
				}
			}
			p.Release(r)
		}
	})
	wg.Wait()
	close(done)
	flusher.Wait()
	for _, e := range entries(p.Stop()) {
		sum += e.Value
	}
	if sum != writers*each {
		t.Errorf("the sum is %d, want %d", sum, writers*each)
	}
}
