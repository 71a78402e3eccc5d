package shard

import (
	"sync/atomic"

	"github.com/puzpuzpuz/xsync/v3"
)

// minSlots is the arena of a store that expects nothing: about what the
// smallest table of the index costs.
const minSlots = 64

// store is the memory of a generation: the index from key to slot number, the
// slots, and what is counted about them. It outlives the generation when it is
// recycled.
//
// The index holds numbers, not pointers: its entries are free of pointers for
// the collector where keys are, and half as large.
type store[K comparable, V any] struct {
	index *xsync.MapOf[K, uint32]
	hints atomic.Pointer[hints] // nil until they pay
	arena arena[K, V]

	_ [lineSize]byte // inserts write counts; the fields above are read by everybody
	// counts is slots taken (high 32 bits) and live ones (low 32 bits) in one
	// word, so that Size and the emptiness check see both at one moment, and an
	// insert pays for one add. 2^32 slots are 256 GiB at the least.
	counts   atomic.Uint64
	erased   atomic.Uint64 // live slots that Delete made dead
	carries  atomic.Uint64 // times that a slot's count of writes wrapped
	restored atomic.Uint64 // entries that came back from a failed delivery
	heat     atomic.Uint64 // see warm
	asked    atomic.Bool   // the flusher is to make hints
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
	s.arena.init(expect)
	return s
}

// find returns the key's slot, or nil. It writes nothing.
func (s *store[K, V]) find(hash uint64, key K) *Slot[K, V] {
	// Publication: pairs with the Store in hint; an empty table is as good as none.
	if h := s.hints.Load(); h != nil {
		if slot := s.findHinted(h, hash, key); slot != nil {
			return slot
		}
	}
	return s.indexed(key)
}

// indexed is find by the index alone.
func (s *store[K, V]) indexed(key K) *Slot[K, V] {
	if i, ok := s.index.Load(key); ok {
		return s.arena.at(i)
	}
	return nil
}

// install makes the key's slot if the index lacks the key. The slot that it
// returns is new and claimed by the caller (born busy) and counted as live; nil
// means that the key is there. The caller is inside the generation's gate.
func (s *store[K, V]) install(key K) (slot *Slot[K, V], number, live uint32) {
	// One closure, one entry of the index: the only allocation of an insert.
	// LoadOrCompute would not allocate for a key that is there after all, but
	// looks it up once more for the many that are not.
	s.index.Compute(key, func(i uint32, loaded bool) (uint32, bool) {
		if loaded {
			return i, false
		}
		// Ownership: the add hands out a slot number that nobody else gets; the
		// slot becomes findable when Compute stores the number. It precedes the
		// caller's check of current, so a Retire whose swap follows that check
		// finds the slot among those taken (S2, G1).
		n := s.counts.Add(oneTaken + oneLive)
		number, live = uint32(n>>32)-1, uint32(n)
		slot = s.arena.reach(number)
		slot.key = key
		return number, false
	})
	return slot, number, live
}

// taken and live are the counts at one moment.
func (s *store[K, V]) taken() (taken, live uint32) {
	n := s.counts.Load() // a snapshot of completed operations; running ones count either way
	return uint32(n >> 32), uint32(n)
}
