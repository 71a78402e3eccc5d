package shard

import (
	"math/bits"
	"sync/atomic"

	"github.com/puzpuzpuz/xsync/v3"
)

// minSlots is what a store has room for that expects nothing: about the size of
// the smallest table of the index.
const minSlots = 64

// store is the memory of a generation: the index from key to slot number, the
// slots, and what is counted about them. It outlives the generation when it is
// recycled.
//
// The index decides whether a key exists; places and hints find most keys
// without asking it. It holds numbers, not pointers: its entries are free of
// pointers for the collector where keys are, and half as large. Slots never
// move: a writer may hold a pointer to one for as long as it likes.
type store[K comparable, V any] struct {
	places places[K, V]
	hints  atomic.Pointer[hints] // to spilled slots; nil until it pays
	index  *xsync.MapOf[K, uint32]
	spill  arena[Slot[K, V]] // slot numbers from len(places.slots) on
	order  arena[uint32]     // slot numbers in order of insertion
	sizes  *sizes            // nil: none are kept

	_ [lineSize]byte // inserts write what follows; the fields above are read by everybody
	// counts is slots taken (high 32 bits) and live ones (low 32 bits) in one
	// word, so that Size and the emptiness check see both at one moment, and an
	// insert pays for one add. 2^32 slots are 256 GiB at the least.
	counts   atomic.Uint64
	spilled  atomic.Uint32
	erased   atomic.Uint64 // live slots that Delete made dead
	carries  atomic.Uint64 // times that a slot's count of writes wrapped
	restored atomic.Uint64 // entries that came back from a failed delivery
	merged   atomic.Uint64 // those of them that were combined with a newer value
	heat     atomic.Uint64 // see warm
	asked    atomic.Bool   // the flusher is to make hints
	_        [lineSize]byte
}

const (
	oneTaken = 1 << 32
	oneLive  = 1
)

// newStore makes a store with room for what is expected.
func (p *Partition[K, V]) newStore(expect int) *store[K, V] {
	expect = max(expect, minSlots)
	s := new(store[K, V])
	// Tried: presizing at 0.5 and 1.5 times of what the last generation held: slower.
	if presize := xsync.WithPresize(expect); p.hasher == nil {
		s.index = xsync.NewMapOf[K, uint32](presize)
	} else {
		s.index = xsync.NewMapOfWithHasher[K, uint32](p.hasher, presize)
	}
	s.places.init(expect)
	s.spill.init(expect / 8)
	s.order.init(expect)
	if p.kinds&sized != 0 {
		s.sizes = newSizes(len(s.places.slots), expect/8)
	}
	return s
}

// find returns the key's slot, or nil. It writes nothing.
func (s *store[K, V]) find(hash uint64, key K) *Slot[K, V] {
	slot, absent := s.places.find(hash, key)
	if slot != nil || absent {
		return slot
	}
	return s.findSpilled(hash, key)
}

// findSpilled is find for a key whose bucket is full.
func (s *store[K, V]) findSpilled(hash uint64, key K) *Slot[K, V] {
	// Publication: pairs with the Store in hint; an empty table is as good as none.
	if h := s.hints.Load(); h != nil {
		for _, n := range h.candidates(hash) {
			if n == noSlot {
				continue
			}
			if slot := s.spill.at(n); slot.key == key {
				return slot
			}
		}
	}
	return s.indexed(key)
}

// indexed is find by the index alone.
func (s *store[K, V]) indexed(key K) *Slot[K, V] {
	if i, ok := s.index.Load(key); ok {
		return s.at(i)
	}
	return nil
}

// at returns the slot of a number that the index or the order has.
func (s *store[K, V]) at(number uint32) *Slot[K, V] {
	if int(number) < len(s.places.slots) {
		return &s.places.slots[number]
	}
	return s.spill.at(number - uint32(len(s.places.slots)))
}

// install makes the key's slot if the index lacks the key. The slot that it
// returns is new and claimed by the caller (born busy) and counted as live; nil
// means that the key is there. The caller is inside the generation's gate.
func (s *store[K, V]) install(hash uint64, key K) (slot *Slot[K, V], live uint32) {
	// One closure, one entry of the index: the only allocation of an insert.
	// LoadOrCompute would not allocate for a key that is there after all, but
	// looks it up once more for the many that are not.
	s.index.Compute(key, func(number uint32, loaded bool) (uint32, bool) {
		if loaded {
			return number, false
		}
		// Ownership: the add hands out a position in the order that nobody else gets.
		// It precedes the caller's check of current, so a Retire whose swap follows
		// that check counts the slot among those taken (S2, G1).
		n := s.counts.Add(oneTaken + oneLive)
		live = uint32(n)
		number, slot = s.settle(hash, key)
		*s.order.reach(uint32(n>>32) - 1) = number
		return number, false
	})
	return slot, live
}

// settle finds a slot for a new key.
func (s *store[K, V]) settle(hash uint64, key K) (number uint32, slot *Slot[K, V]) {
	if number, ok := s.places.reserve(hash); ok {
		slot = &s.places.slots[number]
		slot.key = key
		s.places.publish(number, hash)
		return number, slot
	}
	// Ownership: a number that nobody else gets; findable when the hint below or
	// the entry of the index is stored.
	n := s.spilled.Add(1) - 1
	slot = s.spill.reach(n)
	slot.key = key
	s.remember(hash, n)
	return uint32(len(s.places.slots)) + n, slot
}

// taken and live are the counts at one moment.
func (s *store[K, V]) taken() (taken, live uint32) {
	n := s.counts.Load() // a snapshot of completed operations; running ones count either way
	return uint32(n >> 32), uint32(n)
}

// each calls visit for every slot that is published, in the order of memory,
// until visit returns false. After the gate closed, those are all.
func (s *store[K, V]) each(visit func(*Slot[K, V]) bool) {
	for b := range s.places.tags {
		for m := s.places.used(b); m != 0; m &= m - 1 {
			if !visit(&s.places.slots[b*perBucket+bits.TrailingZeros64(m)/8]) {
				return
			}
		}
	}
	for n := range s.spilled.Load() { // a number taken; its slot is there or its segment is about to be
		if slot := s.spill.tryAt(n); slot != nil && !visit(slot) {
			return
		}
	}
}
