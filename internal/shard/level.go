package shard

// level is places for what found no place below: the first for the few that
// spill from a store of the right size, the others for one that was outgrown.
// Levels are made bottom up and never change; their slots are numbered on.
type level[K comparable, V any] struct {
	places[K, V]
	base  uint32 // the number of its first slot
	below *level[K, V]
}

const (
	// growth is a level's size as a multiple of all below it. Tried: 2: overwrites of
	// a first generation 1.4 times slower, since more of them lie further down.
	growth = 4
	// sparse is the load, one over it, under which a full pair of buckets is bad
	// luck with hashes: a larger table would not help, so the key goes to the arena.
	sparse = 4
	// spilledBit marks numbers of the arena's slots. 2^31 slots are 64 GiB at least.
	spilledBit = 1 << 31
)

// rehash is the hash that levels use: the keys of a full pair of buckets, and of
// its neighbours in the order of hashes, must not meet again in one pair of a level.
func rehash(hash uint64) uint64 { return hash * 0x9E3779B97F4A7C15 }

func (l *level[K, V]) end() int { return int(l.base) + len(l.slots) }

// above returns a level for a key that found l full, with taken slots in use:
// the one that somebody made meanwhile, or a new one; nil if that wouldn't help.
// It runs with a bucket of the index locked, like reach of the arena.
func (s *store[K, V]) above(l *level[K, V], taken uint32) *level[K, V] {
	s.growing.Lock()
	defer s.growing.Unlock()
	// Publication: pairs with the Store below.
	if top := s.top.Load(); top != l {
		return top
	}
	size := growth * l.end()
	if int(taken) < l.end()/sparse || uint64(l.end())+uint64(size) > spilledBit {
		return nil
	}
	next := &level[K, V]{base: uint32(l.end()), below: l}
	next.init(size)
	// Publication of an empty level: before any key in it, to find, each and at.
	s.top.Store(next)
	return next
}

// outgrown reports whether a store of another size would serve better.
func (s *store[K, V]) outgrown() bool { return s.top.Load().below != nil }
