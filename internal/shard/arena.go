package shard

import (
	"math/bits"
	"sync"
	"sync/atomic"
)

// arena is a growing array whose elements never move. The first segment is
// sized for what is expected, so that nearly all accesses are one bounds check
// and one add; what does not fit goes to segments that double.
type arena[T any] struct {
	first []T
	shift uint8 // the size of more[0] is 2^shift

	grow sync.Mutex // one allocates while the others wait for its segment
	more [33]atomic.Pointer[segment[T]]
}

type segment[T any] struct{ elems []T }

func (a *arena[T]) init(size int) {
	a.first = make([]T, size)
	a.shift = uint8(bits.Len(uint(max(size, 2) - 1))) // the first overflow doubles the arena
}

// at returns element i, for which somebody has called reach before.
func (a *arena[T]) at(i uint32) *T {
	if int(i) < len(a.first) {
		return &a.first[i]
	}
	n, offset := a.locate(i)
	// Publication: reach stored the segment before i was published; whoever has i
	// sees the segment.
	return &a.more[n].Load().elems[offset]
}

// tryAt is at for an i that may not have been reached: nil if its segment does
// not exist.
func (a *arena[T]) tryAt(i uint32) *T {
	if int(i) < len(a.first) {
		return &a.first[i]
	}
	n, offset := a.locate(i)
	if s := a.more[n].Load(); s != nil { // publication: pairs with the Store in reach
		return &s.elems[offset]
	}
	return nil
}

// locate finds where element i lies beyond the first segment. Counted from
// 2^shift there, numbers with their highest bit at shift+n lie in segment n.
func (a *arena[T]) locate(i uint32) (n int, offset uint64) {
	past := uint64(i) - uint64(len(a.first)) + 1<<a.shift
	high := bits.Len64(past) - 1
	return high - int(a.shift), past - 1<<high
}

// index returns the number of an element.
func (a *arena[T]) index(elem *T) uint32 {
	if i, ok := indexIn(a.first, elem); ok {
		return i
	}
	for n := range a.more {
		// Publication: as in at. A nil segment is followed by others at most for as long
		// as somebody is making it.
		s := a.more[n].Load()
		if s == nil {
			continue
		}
		if i, ok := indexIn(s.elems, elem); ok {
			return uint32(uint64(len(a.first)) + 1<<(int(a.shift)+n) - 1<<a.shift + uint64(i))
		}
	}
	panic("shard: not an element of the arena") // a broken invariant of ours
}

// reach returns element i like at, and makes its segment if need be. It runs
// with a bucket of the index locked; it calls no user code and takes no lock
// beside its own.
func (a *arena[T]) reach(i uint32) *T {
	if int(i) < len(a.first) {
		return &a.first[i]
	}
	n, offset := a.locate(i)
	// Publication: pairs with the Store below. Nil only until the first one to reach
	// into the segment has made it.
	s := a.more[n].Load()
	if s == nil {
		a.grow.Lock()
		if s = a.more[n].Load(); s == nil {
			s = &segment[T]{elems: make([]T, uint64(1)<<(int(a.shift)+n))}
			a.more[n].Store(s)
		}
		a.grow.Unlock()
	}
	return &s.elems[offset]
}
