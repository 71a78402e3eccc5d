package shard

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// Writers of few keys beside a flusher that fails every third delivery: with a
// memory of versions a key's deliveries rise, the last one is the highest
// version that was accepted, and the ledger knows every write.
func TestWritersConcurrentSafe(t *testing.T) {
	const writers, keys, rounds = 4, 3, 3000
	h := NewHasher[int](NewSeed())
	memory := NewVersions[int](keys)
	p := tested{NewPartition[int, int](Config[int]{Hash: h.Hash, Hasher: h.Index(), Versions: memory}), h.Hash}

	var accepted atomic.Uint64
	var enough atomic.Bool // delivered, so that there are schedules of some variety
	var highest [keys]atomic.Int64
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := 0; !enough.Load(); i++ {
				if i%64 == 0 {
					runtime.Gosched() // on one processor, a retire per time slice would be few
				}
				key, version := i%keys, int64(1+i*writers+w)
				status, _ := p.putNewer(key, int(version), version)
				if status == Stale {
					continue
				}
				accepted.Add(1)
				for seen := highest[key].Load(); seen < version && !highest[key].CompareAndSwap(seen, version); {
					seen = highest[key].Load()
				}
				if v, ok := p.get(key); ok && int64(v) < version {
					t.Errorf("Get(%d) = %d after version %d was accepted", key, v, version)
				}
			}
		})
	}

	var delivered [keys]int64
	entries := uint64(0)
	deliver := func(r *Retired[int, int]) {
		c := r.Cursor()
		for s, version := c.Next(); s != nil; s, version = c.Next() {
			if version <= delivered[s.Key()] || int64(s.Value()) != version {
				t.Errorf("key %d: value %d of version %d is delivered after version %d", s.Key(), s.Value(), version, delivered[s.Key()])
			}
			delivered[s.Key()] = version
			memory.Remember(s.Key(), version)
		}
	}
	for round := 0; round < rounds; {
		r, _ := p.Retire()
		if r == nil {
			runtime.Gosched()
			continue
		}
		entries += uint64(r.Len())
		if round++; round%3 == 0 {
			for _, i := range items(r) {
				p.Restore(i, 0)
			}
		} else {
			deliver(r)
		}
		p.Release(r)
	}
	enough.Store(true)
	wg.Wait()
	if r := p.Stop(); r != nil {
		entries += uint64(r.Len())
		deliver(r)
	}
	for key := range keys {
		if delivered[key] != highest[key].Load() {
			t.Errorf("key %d: version %d is the last one delivered, %d the highest accepted", key, delivered[key], highest[key].Load())
		}
	}
	if l := p.Ledger(); l.Accepted != accepted.Load() || l.Accepted+l.Restored != l.Overwritten+l.Erased+entries {
		t.Errorf("ledger %+v; %d writes were accepted, %d entries handed out", l, accepted.Load(), entries)
	}
}

// An insert that finds the key there after all leaves it alone and is told to
// look again; what it had taken of the limit it gives back.
func TestInsertOfAKeyThatIsThere(t *testing.T) {
	limit := NewLimit(2, 0)
	p := newTested(limit)
	p.put(1, 10)
	g := p.current.Load()
	if _, _, ok := p.insert(g, p.of(1), 1, 20, wordOf(0), plain, 0); ok {
		t.Error("a key is inserted twice")
	}
	taken, live := g.gen.taken()
	if v, _ := p.get(1); v != 10 || taken != 1 || live != 1 || left(limit) != 1 {
		t.Errorf("Get = %d; %d slots, %d live, %d units left; want 10, 1, 1, 1", v, taken, live, left(limit))
	}
}

// Whoever meets a claimed slot waits for it to be given back, whatever it is about to do.
func TestClaimsAreWaitedFor(t *testing.T) {
	for name, operation := range map[string]func(p tested){
		"Put":      func(p tested) { p.put(1, 11) },
		"PutNewer": func(p tested) { p.putNewer(1, 11, 1) },
		"Get":      func(p tested) { p.get(1) },
		"Delete":   func(p tested) { p.remove(1) },
		"Merge":    func(p tested) { p.merge(1, 1, add) },
		"Walk":     func(p tested) { p.Walk(func(Item[int, int]) bool { return true }) },
		"Retire":   func(p tested) { p.Retire() },
		"Stop":     func(p tested) { p.Stop() },
	} {
		t.Run(name, func(t *testing.T) {
			p := newTested(nil)
			p.put(1, 10)
			slot := p.current.Load().find(p.of(1), 1)
			w := slot.word.Swap(busy)
			var given atomic.Bool
			go func() {
				given.Store(true)
				slot.word.Store(w)
			}()
			operation(p)
			if !given.Load() {
				t.Errorf("%s returns while the slot is claimed", name)
			}
		})
	}
}
