package shard

import (
	"math/bits"
	"sync/atomic"
)

// hints is a table from hash to slot number that saves a hit two of its three
// cache misses (bucket and entry of the index). It may lose a key at any time:
// what it does not know, the index does. Each key has a pair of places.
//
// Written at inserts and by its builder, never at lookups (writing on a miss of
// the table made strings 1.5 to 2 times slower). Not every store has one: it
// pays where keys repeat, and makes inserts 1.2 times slower.
type hints struct {
	mask  uint32 // of pairs
	limit uint32 // slots that it was made for
	pairs [][2]atomic.Uint64
}

// A place is 32 bits of hash, the lowest of them set so that no place in use is
// zero, and the slot number.
func place(hash uint64, slot uint32) uint64 { return tag(hash) | uint64(slot) }
func tag(hash uint64) uint64                { return hash>>32<<32 | 1<<32 }

func newHints(taken uint32) *hints {
	// One pair per slot on average loses 7 % of the keys to fuller pairs; half as
	// many lose 18 %.
	n := uint32(1) << bits.Len32(max(taken, minSlots)*3/4)
	return &hints{mask: n - 1, limit: n, pairs: make([][2]atomic.Uint64, n)}
}

// add remembers a slot that is published: its key may be read by whoever finds
// it here. Racing adds to one pair may lose one of them.
func (h *hints) add(hash uint64, slot uint32) {
	pair := &h.pairs[uint32(hash)&h.mask]
	at := &pair[0]
	if at.Load() != 0 && pair[1].Load() == 0 {
		at = &pair[1]
	}
	at.Store(place(hash, slot)) // publication of the slot's key, to findHinted
}

// find returns the key's slot if it is remembered.
func (s *store[K, V]) findHinted(h *hints, hash uint64, key K) *Slot[K, V] {
	pair := &h.pairs[uint32(hash)&h.mask]
	t := tag(hash)
	// Publication: pairs with add; a place in use leads to a slot whose key is
	// written. Slots and keys never move (S1), so an old place is no danger.
	if e := pair[0].Load(); e&^0xffffffff == t {
		if slot := s.arena.at(uint32(e)); slot.key == key {
			return slot
		}
	}
	if e := pair[1].Load(); e&^0xffffffff == t {
		if slot := s.arena.at(uint32(e)); slot.key == key {
			return slot
		}
	}
	return nil
}

// heatPeriod is how many writes to one slot count as one unit of heat: a power
// of two below 2^16. The count is in a register at that moment, and fifteen
// writes of sixteen do nothing more.
const heatPeriod = 16

// warm notes that a slot of a store without hints was written to heatPeriod
// times. Once the store's slots were overwritten twice on average, the flusher
// is asked for hints.
func (p *Partition[K, V]) warm(s *store[K, V]) {
	taken, _ := s.taken()
	// A count that decides nothing but speed.
	if s.heat.Add(1)*heatPeriod >= 2*uint64(max(taken, minSlots)) {
		p.ask(s)
	}
}

// ask wakes the flusher to Tune, once until it has done so.
func (p *Partition[K, V]) ask(s *store[K, V]) {
	if p.hash != nil && s.asked.CompareAndSwap(false, true) && p.wake != nil {
		p.wake()
	}
}

// Tune makes the hints of the current generation's store, or larger ones, if
// writers have asked for them. The flusher calls it between deliveries; writers
// go on meanwhile.
func (p *Partition[K, V]) Tune() {
	if g := p.current.Load(); g != nil && g.store.asked.Load() { // set by ask; a later one wakes us again
		p.hint(g.store)
	}
}

// remember adds a fresh slot to the hints, if the store has any.
func (p *Partition[K, V]) remember(s *store[K, V], hash uint64, slot uint32) {
	if h := s.hints.Load(); h != nil { // nil: see hint, whose count of slots then has ours
		h.add(hash, slot)
		if slot == h.limit {
			p.ask(s) // fuller than it was made for
		}
	}
}

// hint makes hints for what the store holds. One goroutine does at a time: the
// flusher.
func (p *Partition[K, V]) hint(s *store[K, V]) {
	taken, _ := s.taken()
	h := newHints(taken)
	// Publication of an empty table, before the count is read again: an inserter
	// that did not see the table took its slot before that, so we see the slot.
	s.hints.Store(h)
	s.asked.Store(false)
	taken, _ = s.taken()
	for i := range taken {
		// Settled: its inserter has written the key. No segment yet: it stays with the index.
		if slot := s.arena.tryAt(i); slot != nil {
			slot.settled()
			h.add(p.hash(slot.key), i)
		}
	}
}
