package shard

import (
	"sync"
	"sync/atomic"
	"testing"
)

func TestHintsFindWhatTheyWereGiven(t *testing.T) {
	h := newHints(1000)
	found := 0
	for slot := range uint32(1000) {
		hash := uint64(slot+1) * 0x9E3779B97F4A7C15
		h.add(hash, slot)
		c := h.candidates(hash)
		if c[0] != slot {
			t.Fatalf("slot %d: candidates %v right after it was added", slot, c)
		}
	}
	for slot := range uint32(1000) {
		if c := h.candidates(uint64(slot+1) * 0x9E3779B97F4A7C15); c[0] == slot || c[1] == slot {
			found++
		}
	}
	if found < 850 {
		t.Errorf("%d of 1000 slots are found, want 9 of 10", found)
	}
}

// What is in no place is no candidate: an empty bucket, another tag, a slot whose
// number does not fit.
func TestHintsKnowNothingElse(t *testing.T) {
	h := newHints(0)
	if c := h.candidates(12345); c[0] != noSlot || c[1] != noSlot {
		t.Errorf("empty table: candidates %v", c)
	}
	h.add(0xAAAA_AAAA_0000_0001, 5)
	if c := h.candidates(0x5555_5555_0000_0001); c[0] != noSlot || c[1] != noSlot {
		t.Errorf("another tag in the bucket: candidates %v", c)
	}
	h.add(0xBBBB_BBBB_0000_0002, 1<<h.width)
	if c := h.candidates(0xBBBB_BBBB_0000_0002); c[0] != noSlot {
		t.Errorf("a number of more than %d bits: candidates %v", h.width, c)
	}
	if h := newHints(1 << 27); h.width != placeBits-minTag {
		t.Errorf("%d bits for slot numbers, want %d bits left for the tag", h.width, minTag)
	}
}

// spilling is a partition whose first generation spills nearly all: it expects 64.
func spilling(t *testing.T, n int) (table, *atomic.Int32) {
	h := NewHasher[int](NewSeed())
	var woken atomic.Int32
	p := table{NewPartition[int, int](Config[int]{
		Hash: h.Hash, Hasher: h.Index(), Wake: func() { woken.Add(1) },
	}), h.Hash}
	for k := range n {
		if status, _ := p.put(k, k); status != Inserted {
			t.Fatalf("Put of key %d: status %d", k, status)
		}
	}
	return p, &woken
}

// Overwrites of spilled keys ask for hints once; Tune makes them, and they are
// used from then on.
func TestHintsAreMadeOnDemand(t *testing.T) {
	const n = 2000
	p, woken := spilling(t, n)
	s := p.current.Load().store
	if s.spilled.Load() < n/2 {
		t.Fatalf("%d of %d keys are spilled: the test is about those", s.spilled.Load(), n)
	}
	p.Tune()
	if s.hints.Load() != nil || woken.Load() != 0 {
		t.Fatal("hints without a need")
	}
	for round := range 40 {
		for k := range n {
			p.put(k, round)
		}
	}
	if woken.Load() != 1 {
		t.Fatalf("the flusher was woken %d times, want once until it has tuned", woken.Load())
	}
	p.Tune()
	h := s.hints.Load()
	if h == nil {
		t.Fatal("Tune makes no hints")
	}
	hinted := 0
	for k := range n {
		if slot, _ := s.places.find(p.of(k), k); slot != nil {
			continue
		}
		for _, c := range h.candidates(p.of(k)) {
			if c != noSlot && s.spill.at(c).key == k {
				hinted++
			}
		}
	}
	if hinted < int(s.spilled.Load())*8/10 {
		t.Errorf("hints lead to %d of %d spilled keys", hinted, s.spilled.Load())
	}
	for k := range n {
		if v, ok := p.get(k); !ok || v != 39 {
			t.Fatalf("Get(%d) = %d, %v", k, v, ok)
		}
	}
	// Keys that come later get theirs at once, and more than the table was made for
	// ask for a larger one.
	for k := n; k < 4*n; k++ {
		p.put(k, k)
	}
	if woken.Load() != 2 {
		t.Errorf("the flusher was woken %d times, want again for the growth", woken.Load())
	}
	p.Tune()
	if grown := s.hints.Load(); grown == h || grown.limit < s.spilled.Load() {
		t.Error("Tune leaves hints that are too small")
	}
	for k := range 4 * n {
		if _, ok := p.get(k); !ok {
			t.Fatalf("Get(%d) finds nothing", k)
		}
	}
	p.Stop()
	p.Tune() // of a stopped partition: nothing
}

// Tune beside writers: no key is ever out of sight.
func TestTuneConcurrentSafe(t *testing.T) {
	p, _ := spilling(t, 0)
	var wg sync.WaitGroup
	var done atomic.Int32
	for w := range 4 {
		wg.Go(func() {
			defer done.Add(1)
			for i := range 5000 {
				k := i*4 + w
				p.put(k, k)
				for _, seen := range []int{k, i / 2 * 4, w} {
					if v, ok := p.get(seen - seen%4 + w); !ok || v != seen-seen%4+w {
						t.Errorf("Get(%d) = %d, %v", seen-seen%4+w, v, ok)
						return
					}
				}
			}
		})
	}
	wg.Go(func() {
		for done.Load() < 4 {
			p.hint(p.current.Load().store) // what Tune does when it is asked
		}
	})
	wg.Wait()
	if r := retire(t, p); r.Len() != 20_000 {
		t.Errorf("%d entries, want 20000", r.Len())
	}
}

// Inserters whose keys find no place get a slot of the arena each, where the
// index, whose hash is a good one, lets them run side by side; and a hint to a
// slot, which all keys of this hash follow, leads to a key that is written.
func TestSpillConcurrentSafe(t *testing.T) {
	const before, writes = 1000, 250 // of each writer
	h := NewHasher[int](NewSeed())
	bad := func(int) uint64 { return 42 }
	p := table{NewPartition[int, int](Config[int]{Hash: bad, Hasher: h.Index()}), bad}
	for k := range before {
		p.put(k, k)
	}
	p.hint(p.current.Load().store)
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range writes {
				k := before + i*4 + w
				p.put(k, k)
				if v, ok := p.get(k - 4); !ok || v != k-4 { // our own last one, or one of before
					t.Errorf("Get(%d) = %d, %v", k-4, v, ok)
				}
			}
		})
	}
	wg.Wait()
	for k := range before + 4*writes {
		if v, ok := p.get(k); !ok || v != k {
			t.Fatalf("Get(%d) = %d, %v", k, v, ok)
		}
	}
	if r := retire(t, p); r.Len() != before+4*writes {
		t.Errorf("%d entries, want %d", r.Len(), before+4*writes)
	}
}
