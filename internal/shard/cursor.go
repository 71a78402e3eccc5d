package shard

// Cursor walks the entries of a sealed generation in order of first write. The
// zero Cursor is at its end.
type Cursor[K comparable, V any] struct {
	store *store[K, V]
	next  uint32
	taken uint32
}

// Cursor returns a cursor at the first entry. Several may walk at once.
func (r *Retired[K, V]) Cursor() Cursor[K, V] {
	return Cursor[K, V]{store: r.g.store, taken: r.taken}
}

// Next returns the next entry's slot and version; nil at the end. The slot's
// fields are the caller's to read until Release.
func (c *Cursor[K, V]) Next() (slot *Slot[K, V], version int64) {
	if c.next == c.taken {
		return nil, 0
	}
	// The common case without a call, so that the cache misses of several entries
	// overlap: 10 of 24 ns.
	order, slots := c.store.order.first, c.store.places.slots
	for c.next < c.taken {
		i := c.next
		c.next++
		var s *Slot[K, V]
		if int(i) < len(order) && int(order[i]) < len(slots) {
			s = &slots[order[i]]
		} else {
			s = c.store.at(*c.store.order.at(i))
		}
		// S2: sealed, so live or dead for good; busy is a late comer whose check is
		// about to fail, and who puts back what was there.
		if w := s.settled(); w > reserved {
			return s, int64(w ^ signBit)
		}
	}
	return nil, 0
}

// Get returns the key's slot and version in a sealed generation, or nil.
func (r *Retired[K, V]) Get(key K) (slot *Slot[K, V], version int64) {
	s := r.g.store.indexed(key)
	if s == nil {
		return nil, 0
	}
	if w := s.settled(); isLive(w) { // as in Next
		return s, versionOf(w)
	}
	return nil, 0
}
