package shard

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func add(a, b int) int { return a + b }

func TestMerge(t *testing.T) {
	each(t, func(t *testing.T, p table) {
		for i, want := range []Status{Inserted, Overwrote, Overwrote} {
			if status, _ := p.Merge(1, 10+i, add); status != want {
				t.Errorf("Merge = %v, want %v", status, want)
			}
		}
		p.putNewer(2, 100, 7)
		p.Merge(2, 1, add) // a plain write: version 0
		p.Bury(3)
		p.Merge(3, 5, func(old, _ int) int { t.Errorf("a tombstone is merged: %d", old); return old })
		p.put(4, 1)
		p.remove(4)
		if status, live := p.Merge(4, 7, add); status != Inserted || live != 4 {
			t.Errorf("Merge into a deleted key = %v, %d; want Inserted as the fourth", status, live)
		}
		want := []got{{1, 33, 0, 0}, {2, 101, 0, 0}, {3, 5, 0, 0}, {4, 7, 0, 0}}
		r := retire(t, p)
		if diff := cmp.Diff(want, entries(r)); diff != "" {
			t.Errorf("entries (-want +got):\n%s", diff)
		}
		wantBalance(t, p, r.Len())
		p.Stop()
		if status, _ := p.Merge(1, 1, add); status != Closed {
			t.Errorf("Merge after Stop = %v, want Closed", status)
		}
	})
}

// The function runs with nothing claimed: it may use the partition, and when it
// does so to the same key, it runs again on what it left there.
func TestMergeRunsAgainIfTheKeyChanged(t *testing.T) {
	for name, meddle := range map[string]struct {
		do   func(t *testing.T, p table)
		want int
	}{
		"overwritten":             {func(_ *testing.T, p table) { p.put(1, 50) }, 51},
		"by the same value":       {func(_ *testing.T, p table) { p.put(1, 10) }, 11},
		"deleted":                 {func(_ *testing.T, p table) { p.remove(1) }, 1},
		"deleted and written":     {func(_ *testing.T, p table) { p.remove(1); p.put(1, 20) }, 21},
		"buried":                  {func(_ *testing.T, p table) { p.Bury(1) }, 1},
		"retired":                 {func(t *testing.T, p table) { p.Release(retire(t, p)) }, 1},
		"65536 writes":            {func(_ *testing.T, p table) { writeOften(p, 1<<writesBits) }, 1<<writesBits + 1},
		"another key wraps":       {func(_ *testing.T, p table) { p.current.Load().store.carries.Add(1) }, 11},
		"nothing: it only looked": {func(_ *testing.T, p table) { p.get(1) }, 11},
	} {
		t.Run(name, func(t *testing.T) {
			p := newTable(nil)
			p.put(1, 10)
			calls := 0
			p.Merge(1, 1, func(old, new int) int {
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

// A key that was absent at the first look and is there at the second is merged
// with what came in between.
func TestMergeMeetsAnInsert(t *testing.T) {
	p := newInterrupted()
	p.during(t, 2, func() { p.put(1, 10) }, func() {
		if status, _ := p.Merge(1, 5, add); status != Overwrote {
			t.Errorf("Merge = %v, want Overwrote", status)
		}
	})
	if v, ok := p.get(1); !ok || v != 15 {
		t.Errorf("Get = %d, %v; want 15", v, ok)
	}
}

// The same the other way: there at the first look, gone at the second.
func TestRestoreMergedMeetsADelete(t *testing.T) {
	for name, test := range map[string]struct {
		meddle func(p table)
		want   Status
		size   int
	}{
		"deleted": {func(p table) { p.remove(1) }, Inserted, 1},
		"stopped": {func(p table) { p.Stop() }, Closed, 0},
		"buried":  {func(p table) { p.Bury(1) }, Stale, 1},
	} {
		t.Run(name, func(t *testing.T) {
			p := newInterrupted()
			p.put(1, 3)
			p.during(t, 2, func() { test.meddle(p.table) }, func() {
				status, _ := p.RestoreMerged(Item[int, int]{Key: 1, Value: 10}, func(old, new int) int {
					t.Errorf("%d and %d are merged", old, new)
					return 0
				})
				if status != test.want || p.Size() != test.size {
					t.Errorf("RestoreMerged = %v and leaves %d entries; want %v, %d", status, p.Size(), test.want, test.size)
				}
			})
			if v, ok := p.get(1); ok != (test.want == Inserted) || ok && v != 10 {
				t.Errorf("Get = %d, %v", v, ok)
			}
		})
	}
}

// writeOften leaves n as the value, after n writes.
func writeOften(p table, n int) {
	for i := range n {
		p.put(1, i+1)
	}
}

func TestMergeMayPanic(t *testing.T) {
	p := newTable(nil)
	p.put(1, 10)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic is lost")
			}
		}()
		p.Merge(1, 1, func(int, int) int { panic("no sum") })
	}()
	if v, ok := p.get(1); !ok || v != 10 {
		t.Errorf("Get = %d, %v; want what was there", v, ok)
	}
	retire(t, p) // nothing is left claimed
}

// No addend is lost or added twice, beside retires and what is merged back.
func TestMergeConcurrentSafe(t *testing.T) {
	p := newTable(nil)
	const writers, each, keys = 4, 3000, 3
	var wg, flusher sync.WaitGroup
	done := make(chan struct{})
	for range writers {
		wg.Go(func() {
			for i := range each {
				p.Merge(i%keys, 1, add)
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
					p.RestoreMerged(i, add)
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

func TestRestoreMerged(t *testing.T) {
	each(t, func(t *testing.T, p table) {
		p.put(1, 10)
		p.put(2, 20)
		p.putNewer(3, 30, 3)
		p.put(4, 40)
		p.put(5, 50)
		p.Bury(6)
		r := retire(t, p)
		p.put(1, 1)
		p.put(3, 3)         // restored: versioned
		p.putNewer(4, 4, 9) // current: versioned
		p.Bury(5)           // current: a tombstone
		p.put(6, 6)         // restored: a tombstone
		for i, want := range []Status{Overwrote, Inserted, Stale, Stale, Stale, Stale} {
			item := items(r)[i]
			if status, _ := p.RestoreMerged(item, func(restored, buffered int) int { return 100*restored + buffered }); status != want {
				t.Errorf("RestoreMerged(%+v) = %v, want %v", item, status, want)
			}
		}
		p.Release(r)
		want := map[int]Item[int, int]{
			1: {Key: 1, Value: 1001}, 2: {Key: 2, Value: 20}, 3: {Key: 3, Value: 3},
			4: {Key: 4, Value: 4, Version: 9}, 5: {Key: 5, Deleted: true}, 6: {Key: 6, Value: 6},
		}
		got := map[int]Item[int, int]{}
		r = retire(t, p)
		for _, i := range items(r) {
			got[i.Key] = i
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("entries (-want +got):\n%s", diff)
		}
		if l := p.Ledger(); l.Inserted != 6+5 || l.Restored != 2 {
			t.Errorf("ledger %+v, want 11 inserted and 2 restored", l)
		}
		wantBalance(t, p, 6+r.Len())
		p.Stop()
		if status, _ := p.RestoreMerged(want[1], add); status != Closed {
			t.Errorf("RestoreMerged after Stop = %v, want Closed", status)
		}
	})
}
