package pbuf

import (
	"math"
	"sync"

	"github.com/partitioned-buffer/go/internal/shard"
)

// ages are the keys that were inserted into a partition's current generation,
// in that order, for DropOldest. Keys that were deleted since are in it too, and
// an insert beside a retire may be; so it is a hint, and asked only when the
// buffer is full. Rejected: walking the generation, whose slots are in no order.
type ages[K comparable] struct {
	mu   sync.Mutex
	keys []K // guarded by mu
	next int // guarded by mu: those before it have been taken
}

// noteAge notes an insert, where one may be dropped for room.
func (f *flusher[K, V]) noteAge(key K) {
	if f.m.options.OnFull == DropOldest {
		f.ages.add(key, f.agesLimit())
		f.m.candidates.add(f.id)
	}
}

// add notes an insert; beyond the limit of keys the first ones are likely to be dead.
func (a *ages[K]) add(key K, limit int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.next == len(a.keys) || len(a.keys) >= 2*limit {
		n := copy(a.keys, a.keys[max(a.next, len(a.keys)-limit):])
		clear(a.keys[n:])
		a.keys, a.next = a.keys[:n], 0
	}
	a.keys = append(a.keys, key)
}

// take returns the oldest key.
func (a *ages[K]) take() (key K, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.next == len(a.keys) {
		return key, false
	}
	a.next++
	return a.keys[a.next-1], true
}

// agesLimit is twice the entries that there can be, or, without a bound on them,
// that there are.
func (f *flusher[K, V]) agesLimit() int {
	if n := f.m.options.Capacity; n > 0 {
		return 2 * min(n, math.MaxInt/8)
	}
	return 2*f.part.Size() + minAges
}

const minAges = 64

// resetAges forgets everything: the generation has been retired.
func (f *flusher[K, V]) resetAges() {
	if f.m.options.OnFull == DropOldest {
		f.ages.reset()
		f.m.candidates.remove(f.id, f.holds)
	}
}

func (a *ages[K]) reset() {
	a.mu.Lock()
	defer a.mu.Unlock()
	clear(a.keys)
	a.keys, a.next = a.keys[:0], 0
}

// makeRoom drops one entry, of this partition if it can.
func (f *flusher[K, V]) makeRoom() bool {
	if f.evict() {
		return true
	}
	// Round the ring once, from here.
	c := &f.m.candidates
	for i := c.next(f.id + 1); i >= 0; i = c.next(i + 1) {
		if f.m.flushers[i].evict() {
			return true
		}
	}
	for i := c.next(0); i >= 0 && i < f.id; i = c.next(i + 1) {
		if f.m.flushers[i].evict() {
			return true
		}
	}
	return false
}

// holds reports whether there is anything that could be dropped.
func (f *flusher[K, V]) holds() bool { return f.part.Size() > 0 }

// evict drops the oldest entry of the current generation.
func (f *flusher[K, V]) evict() bool {
	for key, ok := f.ages.take(); ok; key, ok = f.ages.take() {
		if f.evictKey(key) {
			return true
		}
	}
	if !f.holds() {
		f.m.candidates.remove(f.id, f.holds)
		return false
	}
	// What ages does not know of: inserts beside a retire.
	var keys []K
	f.part.Walk(func(i shard.Item[K, V]) bool {
		keys = append(keys, i.Key)
		return len(keys) < 8
	})
	for _, key := range keys {
		if f.evictKey(key) {
			return true
		}
	}
	return false
}

// evictKey erases an entry, in the same hold of the mutex in which the checkpoints
// learn that it is lost.
func (f *flusher[K, V]) evictKey(key K) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	deleted, _ := f.part.Delete(f.m.hasher.Hash(key), key)
	if deleted {
		f.overflow.evicted.Add(1) // after it was counted as erased: see ledgerLocked
		f.calls.checkpoints.evicted(f.part.Generation(), f.m.bounds.full)
	}
	return deleted
}
