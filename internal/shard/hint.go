package shard

import (
	"math/bits"
	"sync/atomic"
)

// hints is a table from hash to the number of a spilled slot: it saves a hit two
// of its four cache misses (bucket and entry of the index). It may lose a key at
// any time: what it does not know, the index does.
//
// Each bucket is one word of two places, read by one load. A place is a tag of
// the hash above the slot's number; zero is empty, since no tag is zero.
//
// Written at inserts and by its builder, never at lookups (writing on a miss of
// the table made strings 1.5 to 2 times slower). Not every store has one: it
// pays where many keys are spilled and repeat, as in a first generation.
type hints struct {
	buckets []atomic.Uint64
	mask    uint32 // of buckets
	width   uint8  // bits of a place that are the slot's number
	limit   uint32 // slots that it was made for: the one with this number asks for more
}

const (
	placeBits = 32
	// minTag is the fewest bits of a tag: with fewer, looking at a wrong slot, a
	// cache miss, is no longer rare. Slots whose number needs more stay with the index.
	minTag = 8
	noSlot = 1<<32 - 1
)

func newHints(taken uint32) *hints {
	// One to two buckets per slot: full, 10 % of the keys find no place in theirs;
	// half as many buckets would lose 27 %.
	n := uint32(1) << bits.Len32(max(taken, minSlots))
	return &hints{
		buckets: make([]atomic.Uint64, n), mask: n - 1, limit: n,
		width: uint8(min(bits.Len32(n), placeBits-minTag)),
	}
}

// tag is the hash's part of a place: high bits of it, above width.
func (h *hints) tag(hash uint64) uint32 { return (uint32(hash>>32) | 1) << h.width }

// add remembers a slot that is published: its key may be read by whoever finds
// it here. Racing adds to one bucket may lose one of them.
func (h *hints) add(hash uint64, slot uint32) {
	if slot>>h.width != 0 {
		return
	}
	b := &h.buckets[uint32(hash)&h.mask]
	place := uint64(h.tag(hash) | slot)
	if old := b.Load(); old != 0 {
		place = place<<placeBits | old&(1<<placeBits-1)
	}
	b.Store(place) // publication of the slot's key, to findSpilled
}

// candidates returns the slots that may be the hash's, or noSlot.
func (h *hints) candidates(hash uint64) [2]uint32 {
	// Publication: pairs with add; a place in use leads to a slot whose key is
	// written. Slots and keys never move (S1), so an old place is no danger.
	places, t := h.buckets[uint32(hash)&h.mask].Load(), h.tag(hash)
	c := [2]uint32{uint32(places) ^ t, uint32(places>>placeBits) ^ t}
	for i := range c {
		if c[i]>>h.width != 0 {
			c[i] = noSlot
		}
	}
	return c
}
