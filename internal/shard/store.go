package shard

import (
	"sync"
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
// The index decides whether a key exists; places find keys without asking it.
// It holds numbers, not pointers: its entries are free of pointers for the
// collector where keys are, and half as large. Slots never move: a writer may
// hold a pointer to one for as long as it likes.
//
// A key lies in places if its buckets there have room, else in the level that
// was the top one when it came, or else, if hashes are bad, in the spill arena.
// Tried: an arena for all that finds no place, and a table of hints to it: 1.4
// times slower to overwrite in a first generation, 1.1 times faster to insert.
type store[K comparable, V any] struct {
	places  places[K, V]
	top     atomic.Pointer[level[K, V]] // never nil
	spilled atomic.Uint32               // numbers of the arena given out; none where hashes are good
	index   *xsync.MapOf[K, uint32]
	spill   arena[Slot[K, V]]
	order   arena[uint32] // slot numbers in order of insertion
	growing sync.Mutex    // one makes a level while the others wait for it

	_ [lineSize]byte // inserts write what follows; the fields above are read by everybody
	// counts is slots taken (high 32 bits) and live ones (low 32 bits) in one
	// word, so that Size and the emptiness check see both at one moment, and an
	// insert pays for one add. 2^32 slots are 256 GiB at the least.
	counts   atomic.Uint64
	erased   atomic.Uint64 // live slots that Delete made dead
	carries  atomic.Uint64 // times that a slot's count of writes wrapped
	restored atomic.Uint64 // entries that came back from a failed delivery
	merged   atomic.Uint64 // those of them that were combined with a newer value
	_        [lineSize]byte
}

const (
	oneTaken = 1 << 32
	oneLive  = 1
)

func newStore[K comparable, V any](hasher func(K, uint64) uint64, expect int) *store[K, V] {
	expect = max(expect, minSlots)
	s := new(store[K, V])
	// Tried: presizing at 0.5 and 1.5 times of what the last generation held: slower.
	if presize := xsync.WithPresize(expect); hasher == nil {
		s.index = xsync.NewMapOf[K, uint32](presize)
	} else {
		s.index = xsync.NewMapOfWithHasher[K, uint32](hasher, presize)
	}
	s.places.init(expect + expect/4)
	first := &level[K, V]{base: uint32(len(s.places.slots))}
	first.init(expect / 8)
	s.top.Store(first) // publication with the store
	s.spill.init(0)
	s.order.init(expect)
	return s
}

// find returns the key's slot, or nil. It writes nothing.
func (s *store[K, V]) find(hash uint64, key K) *Slot[K, V] {
	slot, absent := s.places.find(hash, key)
	if slot != nil || absent {
		return slot
	}
	hash = rehash(hash)
	// Publication: pairs with the Store in above. Where the key lies, if anywhere,
	// never changes; a level that is made after this look holds none that were there.
	// From the top, which is the largest and has most.
	for l := s.top.Load(); l != nil; l = l.below {
		if slot, _ = l.find(hash, key); slot != nil {
			return slot
		}
	}
	// G2: after the levels; none until now means that the key was in none of them.
	if s.spilled.Load() == 0 {
		return nil
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
	if number&spilledBit != 0 {
		return s.spill.at(number &^ spilledBit)
	}
	l := s.top.Load() // publication: as in find; whoever has the number sees its level
	for number < l.base {
		l = l.below
	}
	return &l.slots[number-l.base]
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
		number, slot = s.settle(hash, key, uint32(n>>32))
		*s.order.reach(uint32(n>>32) - 1) = number
		return number, false
	})
	return slot, live
}

// settle finds a slot for a new key, the store's taken-th.
func (s *store[K, V]) settle(hash uint64, key K, taken uint32) (number uint32, slot *Slot[K, V]) {
	if slot, number, ok := s.places.take(hash, key); ok {
		return number, slot
	}
	hash = rehash(hash)
	for l := s.top.Load(); l != nil; l = s.above(l, taken) { // publication: as in find
		if slot, number, ok := l.take(hash, key); ok {
			return l.base + number, slot
		}
	}
	// Ownership: a number that nobody else gets; findable when the entry of the
	// index is stored.
	n := s.spilled.Add(1) - 1
	slot = s.spill.reach(n)
	slot.key = key
	return n | spilledBit, slot
}

// taken and live are the counts at one moment.
func (s *store[K, V]) taken() (taken, live uint32) {
	n := s.counts.Load() // a snapshot of completed operations; running ones count either way
	return uint32(n >> 32), uint32(n)
}

// each calls visit for every slot that is published, in the order of memory,
// until visit returns false. After the gate closed, those are all.
func (s *store[K, V]) each(visit func(*Slot[K, V]) bool) {
	if !s.places.each(visit) {
		return
	}
	for l := s.top.Load(); l != nil; l = l.below { // publication: as in find
		if !l.each(visit) {
			return
		}
	}
	for n := range s.spilled.Load() { // a number taken; its slot is there or its segment is about to be
		if slot := s.spill.tryAt(n); slot != nil && !visit(slot) {
			return
		}
	}
}
