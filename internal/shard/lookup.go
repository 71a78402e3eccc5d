package shard

// Lookup returns the key's entry, tombstones included: from the current
// generation, or else from the newest one in flight that holds it.
func (p *Partition[K, V]) Lookup(key K) (i Item[K, V], inFlight, ok bool) {
	for {
		// The generation first, then what is in flight beside it, then the slot: an
		// entry comes back to current (Restore) before it leaves flight, so whoever
		// sees nothing in flight finds it. Tried: inflight first: a retire and a
		// release between the two looks hid the key (found by the schedule explorer).
		seen := p.current.Load()
		newest := p.inflight.Load()
		t, s, w := p.claim(p.hash(key), key)
		if s != nil {
			i = s.Item(versionOf(w))
			s.word.Store(w) // gives the claim back as it was
			return i, false, true
		}
		if t != seen {
			continue
		}
		for f := newest; f != nil; f = f.older.Load() {
			if t != nil && f.gen == t.gen {
				continue // about to be retired: the key was absent in it
			}
			if i, ok = p.lookupRetired(f, p.hash(key), key); ok {
				return i, true, true
			}
		}
		// Linearization of a miss (G2): the key was in neither, and both are what
		// they were. Otherwise a generation moved on meanwhile (progress): again.
		if p.current.Load() == t && p.inflight.Load() == newest {
			return i, false, false
		}
	}
}

// lookupRetired reads a slot of a generation in flight, not the current one.
func (p *Partition[K, V]) lookupRetired(f *table[K, V], hash uint64, key K) (i Item[K, V], ok bool) {
	s, w := f.final(hash, key)
	// Check: f is in flight still, so it was when the key was absent in current.
	// Pairs with unlink.
	for at := p.inflight.Load(); s != nil && at != nil; at = at.older.Load() {
		if at == f {
			return s.Item(versionOf(w)), true
		}
	}
	return i, false
}
