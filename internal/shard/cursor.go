package shard

import (
	"math/bits"
	"sync/atomic"
)

// Cursor walks the live entries of a table, in the order of memory. The zero
// Cursor is at its end.
type Cursor[K comparable, V any] struct {
	tags    []atomic.Uint64 // of the buckets after the one in hand
	slots   []Slot[K, V]    // from the bucket in hand on
	used    uint64          // a bit for each slot in hand that was not looked at
	spilled []*Slot[K, V]
}

// Cursor returns a cursor at the first entry. Several may walk at once.
func (r *Retired[K, V]) Cursor() Cursor[K, V] {
	return r.t.cursor(r.spilled)
}

func (t *table[K, V]) cursor(spilled []*Slot[K, V]) Cursor[K, V] {
	return Cursor[K, V]{tags: t.tags, slots: t.slots, used: t.used(0), spilled: spilled}
}

// Next returns the next entry's slot and version; nil at the end. In a sealed
// generation the slot's fields are the caller's to read.
func (c *Cursor[K, V]) Next() (slot *Slot[K, V], version int64) {
	for {
		for c.used != 0 {
			s := &c.slots[bits.TrailingZeros64(c.used)/8]
			c.used &= c.used - 1
			// S2: if sealed, live or dead for good; busy is then a late comer whose check
			// is about to fail, and who puts back what was there.
			if w := s.settled(); w > void {
				return s, int64(w ^ signBit)
			}
		}
		if len(c.tags) <= 1 {
			break
		}
		c.tags, c.slots = c.tags[1:], c.slots[perBucket:]
		c.used = c.tags[0].Load() & highBits // if sealed: no insert succeeds any more
	}
	for len(c.spilled) > 0 {
		s := c.spilled[0]
		c.spilled = c.spilled[1:]
		if w := s.settled(); w > void { // as above
			return s, int64(w ^ signBit)
		}
	}
	return nil, 0
}

// Get returns the key's slot and version in a sealed generation, or nil.
func (r *Retired[K, V]) Get(key K) (slot *Slot[K, V], version int64) {
	s, w := r.t.final(r.p.hash(key), key)
	return s, versionOf(w)
}

// final is the key's live slot and its word in a table that is not current any more:
// nothing in it changes once it was seen not busy (S2). Or nil, and the word of version 0.
func (t *table[K, V]) final(hash uint64, key K) (s *Slot[K, V], w uint64) {
	if s = t.find(hash, key); s != nil {
		if w = s.settled(); isLive(w) { // as in Next
			return s, w
		}
	}
	return nil, signBit
}
