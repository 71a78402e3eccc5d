package shard

import "github.com/puzpuzpuz/xsync/v3"

// The index of a table, an xsync.MapOf, decides by its Compute for every key whose
// buckets in the front are full, and holds a slot of its own for each. It is made
// for the first one; growth brings them into the next front.

// spilled returns the slot of a key whose buckets are full, or nil.
func (t *table[K, V]) spilled(key K) *Slot[K, V] {
	// Publication: pairs with the compare-and-swap in madeIndex. None: nothing was
	// spilled before this look.
	if m := t.index.Load(); m != nil {
		if s, ok := m.Load(key); ok {
			s.settled()
			return s
		}
	}
	return nil
}

// install returns the slot of a key whose buckets are full, or makes it: fresh,
// and claimed by the caller. The caller is inside the table's gate, or copies
// slots to a table that cannot be retired before that has ended.
func (p *Partition[K, V]) install(t *table[K, V], key K) (s *Slot[K, V], fresh bool) {
	// Ownership of the slot, to us: it is born claimed. It is findable when Compute
	// returns, before the caller's check: see reserve.
	m := p.madeIndex(t)
	m.Compute(key, func(there *Slot[K, V], loaded bool) (*Slot[K, V], bool) {
		if s = there; !loaded {
			fresh = true
			if t.sizes == nil {
				s = new(Slot[K, V])
			} else {
				s = &new(sizedSlot[K, V]).Slot
			}
		}
		return s, false
	})
	if !fresh {
		s.settled()
	}
	return s, fresh
}

// madeIndex is the table's index, made if need be.
func (p *Partition[K, V]) madeIndex(t *table[K, V]) *xsync.MapOf[K, *Slot[K, V]] {
	m := t.index.Load()
	if m != nil {
		return m
	}
	if p.hasher == nil {
		m = xsync.NewMapOf[K, *Slot[K, V]]()
	} else {
		m = xsync.NewMapOfWithHasher[K, *Slot[K, V]](p.hasher)
	}
	t.index.CompareAndSwap(nil, m) // publication of an empty index, once
	return t.index.Load()          // ours, or that of who came first
}

// allSpilled returns the slots of the index. All whose inserter has passed its
// check are there, if the check has failed for everybody by now.
func (t *table[K, V]) allSpilled() (all []*Slot[K, V]) {
	m := t.index.Load() // after the swap: pairs with madeIndex, which precedes the inserter's check
	if m == nil {
		return nil
	}
	m.Range(func(_ K, s *Slot[K, V]) bool {
		all = append(all, s)
		return true
	})
	return all
}
