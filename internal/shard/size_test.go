package shard

import (
	"math"
	"math/rand/v2"
	"sync"
	"testing"
)

// newSized is a partition whose limit bounds sizes, beside the limit. Its hash
// spills most of its keys.
func newSized(entries, bytes int64) (tested, *Limit) {
	l := NewLimit(entries, bytes)
	of := func(k int) uint64 { return uint64(k&7) << 32 }
	return tested{NewPartition[int, int](Config[int]{Hash: of, Limit: l}), of}, l
}

func (p tested) putSized(key, value int, size int64) Status {
	status, _ := p.Write(p.of(key), Item[int, int]{Key: key, Value: value}, false, size)
	return status
}

// The sum is of what is current and in flight, whatever happens to an entry.
func TestSizes(t *testing.T) {
	p, l := newSized(0, 1000)
	for _, c := range []struct {
		name  string
		do    func() Status
		want  Status
		bytes int64
	}{
		{"insert", func() Status { return p.putSized(1, 10, 300) }, Inserted, 300},
		{"overwritten by less", func() Status { return p.putSized(1, 10, 100) }, Overwrote, 100},
		{"does not fit", func() Status { return p.putSized(2, 10, 901) }, Full, 100},
		{"fits", func() Status { return p.putSized(2, 10, 900) }, Inserted, 1000},
		{"an overwrite is always taken", func() Status { return p.putSized(1, 10, 500) }, Overwrote, 1400},
		{"nothing fits any more", func() Status { return p.putSized(3, 10, 1) }, Full, 1400},
		{"nor at no size", func() Status { return p.putSized(3, 10, 0) }, Full, 1400},
		{"deleted", func() Status { p.remove(2); return 0 }, 0, 500},
		{"revived", func() Status { return p.putSized(2, 10, 5) }, Inserted, 505},
		{"a revival that does not fit", func() Status { p.remove(2); return p.putSized(2, 10, 501) }, Full, 500},
		{"a tombstone", func() Status {
			s, _ := p.Write(p.of(1), Item[int, int]{Key: 1, Version: 9, Deleted: true}, true, 20)
			return s
		}, Overwrote, 20},
		{"stale", func() Status {
			s, _ := p.Write(p.of(1), Item[int, int]{Key: 1, Version: 9}, true, 40)
			return s
		}, Stale, 20},
		{"merged", func() Status {
			seen, _ := p.Peek(p.of(1), 1)
			if seen.Size != 20 {
				t.Errorf("Peek says %d bytes, want 20", seen.Size)
			}
			s, _, _ := p.WriteIf(&seen, p.of(1), Item[int, int]{Key: 1}, 70, false)
			return s
		}, Overwrote, 70},
	} {
		if got := c.do(); got != c.want || p.Bytes() != c.bytes {
			t.Errorf("%s: %v and %d bytes, want %v and %d", c.name, got, p.Bytes(), c.want, c.bytes)
		}
		if _, left := l.Left(); left != 1000-c.bytes {
			t.Errorf("%s: %d bytes left of the limit, want %d", c.name, left, 1000-c.bytes)
		}
	}
}

// Each slot has its size, wherever it is and whereto it is moved, until its entry
// is disposed of.
func TestSizesOfManySlots(t *testing.T) {
	p, l := newSized(0, 1<<40)
	for round := range 4 {
		const keys = 1000
		want := int64(0)
		for key := range keys {
			size := int64(1 + key + round)
			p.putSized(key, key, size)
			if want += size; key%3 == 0 {
				p.remove(key)
				want -= size
			}
		}
		if p.Bytes() != want {
			t.Fatalf("round %d: %d bytes, want %d", round, p.Bytes(), want)
		}
		r := retire(t, p)
		c := r.Cursor()
		for s, _ := c.Next(); s != nil; s, _ = c.Next() {
			size := r.Size(s)
			if size != int64(1+s.Key()+round) {
				t.Fatalf("round %d: key %d has %d bytes", round, s.Key(), size)
			}
			if s.Key()%2 == 0 {
				p.Give(1, size)
			} else if status, _ := p.Restore(s.Item(0), size); status != Inserted {
				t.Fatalf("Restore = %v", status)
			}
		}
		p.Release(r)
		for key := range keys {
			p.remove(key)
		}
		if _, left := l.Left(); p.Bytes() != 0 || left != 1<<40 {
			t.Fatalf("round %d: %d bytes at the end, %d left", round, p.Bytes(), left)
		}
	}
}

// Keys that are not equal to themselves have a slot each, and a size each.
func TestSizesOfNaNs(t *testing.T) {
	h := NewHasher[float64](NewSeed())
	p := NewPartition[float64, int](Config[float64]{Hash: h.Hash, Hasher: h.Index(), Limit: NewLimit(0, 100)})
	nan := math.NaN()
	for i := range 10 {
		if status, _ := p.Write(h.Hash(nan), Item[float64, int]{Key: nan, Value: i}, false, 10); status != Inserted {
			t.Fatalf("Write = %v", status)
		}
	}
	r, _ := p.Retire()
	c := r.Cursor()
	for s, _ := c.Next(); s != nil; s, _ = c.Next() {
		p.Restore(s.Item(0), r.Size(s))
	}
	p.Release(r)
	if p.Bytes() != 100 || p.Size() != 10 {
		t.Errorf("%d entries of %d bytes came back, want 10 of 100", p.Size(), p.Bytes())
	}
	r, _ = p.Retire()
	c = r.Cursor()
	for s, _ := c.Next(); s != nil; s, _ = c.Next() {
		p.Give(1, r.Size(s))
	}
	if p.Bytes() != 0 {
		t.Errorf("%d bytes are held by nothing", p.Bytes())
	}
}

// A partition without a bound on sizes keeps none.
func TestNoSizes(t *testing.T) {
	p := newTested(NewLimit(5, 0))
	p.put(1, 1)
	r := retire(t, p)
	c := r.Cursor()
	s, _ := c.Next()
	if r.Size(s) != 0 || r.t.sizes != nil || p.Bytes() != 0 {
		t.Errorf("size %d of a slot, %d of the partition", r.Size(s), p.Bytes())
	}
}

// Beside writers, deletes, retires and restores, the sum is in the end that of
// what is there.
func TestSizesConcurrentSafe(t *testing.T) {
	p, l := newSized(60, 20_000)
	var wg, flusher sync.WaitGroup
	done := make(chan struct{})
	for w := range 4 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(w)))
			for range 5000 {
				key, size := r.IntN(100), r.Int64N(1000)
				switch r.IntN(4) {
				case 0:
					p.remove(key)
				case 1:
					seen, _ := p.Peek(p.of(key), key)
					p.WriteIf(&seen, p.of(key), Item[int, int]{Key: key, Value: int(size)}, size, false)
				default:
					p.putSized(key, int(size), size)
				}
			}
		})
	}
	dispose := func(r *Retired[int, int], fail bool) {
		if r == nil {
			return
		}
		c := r.Cursor()
		for s, _ := c.Next(); s != nil; s, _ = c.Next() {
			if r.Size(s) != int64(s.Value()) {
				t.Errorf("key %d: %d bytes for the value %d", s.Key(), r.Size(s), s.Value())
			}
			if status := Stale; fail {
				if status, _ = p.Restore(s.Item(0), r.Size(s)); status == Inserted {
					continue
				}
			}
			p.Give(1, r.Size(s))
		}
		p.Release(r)
	}
	flusher.Go(func() {
		for fail := true; ; fail = !fail {
			select {
			case <-done:
				return
			default:
			}
			r, _ := p.Retire()
			dispose(r, fail)
		}
	})
	wg.Wait()
	close(done)
	flusher.Wait()
	dispose(p.Stop(), false)
	if entries, bytes := l.Left(); entries != 60 || bytes != 20_000 || p.Bytes() != 0 {
		t.Errorf("%d entries and %d bytes left, %d held; want what there was at first", entries, bytes, p.Bytes())
	}
}

// An insert that comes while the slots of an unused generation go back is not
// lost, nor is its size: it waits in the index for the next slots.
func TestInsertsMeetAShrink(t *testing.T) {
	p, l := newSized(0, 1000)
	for key := range 5 {
		p.putSized(key, key, int64(key+1))
	}
	p.resize(p.current.Load(), 0) // as shrink does where it saw none of them
	p.finish(p.current.Load())
	if now := p.current.Load(); len(now.slots) > 0 || p.Size() != 5 || len(now.allSpilled()) != 5 {
		t.Fatalf("%d entries, %d of them in the index", p.Size(), len(now.allSpilled()))
	}
	p.putSized(0, 10, 100) // over what is in the index
	p.remove(1)
	p.putSized(7, 7, 7) // makes slots
	p.finish(p.current.Load())
	if n := len(p.current.Load().allSpilled()); n != 0 {
		t.Errorf("%d slots stay in an index", n)
	}
	r := retire(t, p)
	for _, e := range entries(r) {
		s, _ := r.Get(e.Key)
		if want := int64(e.Key + 1); e.Key > 1 && e.Key < 5 && r.Size(s) != want || e.Key == 0 && r.Size(s) != 100 {
			t.Errorf("key %d has %d bytes", e.Key, r.Size(s))
		}
		p.Give(1, r.Size(s))
	}
	if _, left := l.Left(); r.Len() != 5 || p.Bytes() != 0 || left != 1000 {
		t.Errorf("%d entries; %d bytes held, %d left", r.Len(), p.Bytes(), left)
	}
	wantBalance(t, p, 5)
}
