package shard

// Get returns the key's value in the current generation; a tombstone is none.
func (p *Partition[K, V]) Get(hash uint64, key K) (value V, ok bool) {
	g := p.current.Load() // the generation that this attempt is about
	if g != nil {
		if s := g.places.first(hash); s != nil && s.key == key {
			if w := s.word.Load(); w > reserved && p.claims(g, s, w) {
				value, ok = s.value, !s.Deleted()
				s.word.Store(w) // gives the claim back as it was: publication to the next one
				return value, ok
			}
		}
	}
	_, s, w := p.claim(hash, key)
	if s == nil {
		return value, false
	}
	value, ok = s.value, !s.Deleted()
	s.word.Store(w) // as above
	return value, ok
}

// Delete makes the key absent in the current generation and reports whether it
// was there. open is false if the partition is stopped.
func (p *Partition[K, V]) Delete(hash uint64, key K) (deleted, open bool) {
	g, s, _ := p.claim(hash, key)
	if s == nil {
		return false, g != nil
	}
	var size int64
	if g.store.sizes != nil {
		size = *g.store.size(s)
	}
	s.kill(g.store)
	p.Give(1, size)
	return true, true
}

// kill ends a live entry under the caller's claim.
func (s *Slot[K, V]) kill(st *store[K, V]) {
	var none V
	s.value = none // what the key held may be collected now
	st.erased.Add(1)
	// Counted under the claim: counting after publication lets Size go negative
	// when a revival and a second Delete come between.
	st.counts.Add(^uint64(oneLive - 1))
	s.word.Store(dead) // commit: publication; whoever revives the slot gets the meta from here
}

// claim claims the key's slot if it is live, for an operation that has no
// business with absent keys: one look at a miss or a dead slot ends it, with s
// nil. The generation is nil once stopped. The caller commits by storing to
// s.word; w is what stood there.
func (p *Partition[K, V]) claim(hash uint64, key K) (g *Generation[K, V], s *Slot[K, V], w uint64) {
	for {
		g = p.current.Load() // the generation that this attempt is about
		if g == nil {
			return nil, nil, 0
		}
		if s = g.store.find(hash, key); s == nil {
			return g, nil, 0 // G2: absent in a generation that was current during the call
		}
		switch w, ok := p.claimLive(g, s); {
		case !ok:
		case w == dead:
			return g, nil, 0
		default:
			return g, s, w
		}
	}
}

// claimLive claims a slot of g if it is live: w is then its word, else dead. Not
// ok means that g is no longer current (S3).
func (p *Partition[K, V]) claimLive(g *Generation[K, V], s *Slot[K, V]) (w uint64, ok bool) {
	for spins := 0; ; spins++ {
		// G2: dead here means absent in g, or, if g was retired and its store used
		// again, at the swap that retired g: the generation after it began empty.
		w = s.word.Load()
		if w == dead {
			return w, true
		}
		if w == busy || !s.word.CompareAndSwap(w, busy) { // claim: ownership of meta and value
			pause(spins)
			continue
		}
		if p.current.Load() == g { // check: linearization (G2), pairs with Retire's swap
			return w, true
		}
		s.word.Store(w) // retired: hand it back untouched
		return 0, false
	}
}
