package shard

import (
	"math/bits"
	"sync"
	"sync/atomic"
)

// arena holds a store's slots in the order in which they were taken. The first
// segment is sized for what is expected, so that nearly all lookups are one
// bounds check and one add; what does not fit goes to segments that double.
//
// Slots never move: a writer may hold a pointer to one for as long as it likes.
type arena[K comparable, V any] struct {
	first []Slot[K, V]
	base  uint32 // size of more[0]: a power of two

	grow sync.Mutex // one allocates while the others wait for its segment
	more [33]atomic.Pointer[segment[K, V]]
}

type segment[K comparable, V any] struct{ slots []Slot[K, V] }

func (a *arena[K, V]) init(size int) {
	a.first = make([]Slot[K, V], size)
	a.base = 1 << bits.Len(uint(max(size, 2)-1)) // the first overflow doubles the arena
}

// at returns slot i, which somebody has taken: its segment exists.
func (a *arena[K, V]) at(i uint32) *Slot[K, V] {
	if int(i) < len(a.first) {
		return &a.first[i]
	}
	n, offset := a.locate(i)
	// Publication: take stored the segment before the index of any of its slots
	// was published; whoever has the index sees the segment.
	return &a.more[n].Load().slots[offset]
}

// tryAt is at for a slot number that somebody has taken but may not have
// published: nil if its segment does not exist yet.
func (a *arena[K, V]) tryAt(i uint32) *Slot[K, V] {
	if int(i) < len(a.first) {
		return &a.first[i]
	}
	n, offset := a.locate(i)
	if s := a.more[n].Load(); s != nil { // publication: pairs with the Store in reach
		return &s.slots[offset]
	}
	return nil
}

// locate finds where slot i lies beyond the first segment: segment n holds the
// 2^n*base slots whose number, counted from the end of the first segment plus
// base, starts with n zeros less.
func (a *arena[K, V]) locate(i uint32) (n int, offset uint64) {
	past := uint64(i) - uint64(len(a.first)) + uint64(a.base)
	n = bits.Len64(past/uint64(a.base)) - 1
	return n, past - uint64(a.base)<<n
}

// reach returns slot i like at, and makes its segment if need be. It runs with
// a bucket of the index locked; it calls no user code and takes no lock beside
// its own.
func (a *arena[K, V]) reach(i uint32) *Slot[K, V] {
	if int(i) < len(a.first) {
		return &a.first[i]
	}
	n, offset := a.locate(i)
	// Publication: pairs with the Store below. Nil only until the first taker of
	// the segment has made it.
	s := a.more[n].Load()
	if s == nil {
		a.grow.Lock()
		if s = a.more[n].Load(); s == nil {
			s = &segment[K, V]{slots: make([]Slot[K, V], uint64(a.base)<<n)}
			a.more[n].Store(s)
		}
		a.grow.Unlock()
	}
	return &s.slots[offset]
}
