package shard

// Get returns the key's value in the current generation; a tombstone is none.
func (p *Partition[K, V]) Get(hash uint64, key K) (value V, ok bool) {
	t := p.current.Load() // the table that this attempt is about
	if t != nil {
		s := t.own(hash)
		if s == nil {
			s = t.first(hash)
		}
		if s != nil {
			if w := s.word.Load(); w > void && s.key == key && p.claims(t, s, w) { // the word first, as in Put
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
	t, s, _ := p.claim(hash, key)
	if s == nil {
		return false, t != nil
	}
	var size int64
	if t.sizes != nil {
		size = *t.size(s)
	}
	var none V
	s.value = none // what the key held may be collected now
	t.gen.erased.Add(1)
	// Under the claim, as an insert does: the count is right whenever no claim is held.
	t.gen.counts.Add(^uint64(oneLive - 1))
	s.word.Store(dead) // commit: publication; whoever revives the slot gets the meta from here
	p.Give(1, size)
	return true, true
}

// claim claims the key's slot if it is live, for an operation that has no
// business with absent keys: one look at a miss or a dead slot ends it, with s
// nil. The table is nil once stopped. The caller commits by storing to s.word; w
// is what stood there.
func (p *Partition[K, V]) claim(hash uint64, key K) (t *table[K, V], s *Slot[K, V], w uint64) {
	for {
		t = p.current.Load() // the table that this attempt is about
		if t == nil {
			return nil, nil, 0
		}
		if t.growth.Load() != nil {
			p.bring(t, hash)
		}
		if s = t.find(hash, key); s == nil {
			return t, nil, 0 // G2: absent in a generation that was current during the call
		}
		if w, ok := p.claimLive(t, s); ok && w != dead {
			return t, s, w
		} else if ok {
			return t, nil, 0
		}
	}
}

// claimLive claims a slot, found from t, if it is live: w is then its word, else
// dead. Not ok means that t is no longer current (S3).
func (p *Partition[K, V]) claimLive(t *table[K, V], s *Slot[K, V]) (w uint64, ok bool) {
	for spins := 0; ; spins++ {
		w = s.word.Load()
		switch {
		case w == dead: // G2: absent, in a generation that was current during the call
			return w, true
		case w == void:
			return 0, false
		case w == busy || !s.word.CompareAndSwap(w, busy): // claim: ownership of meta and value
			pause(spins)
			continue
		}
		if p.current.Load() == t { // check: linearization (G2), pairs with the swaps
			return w, true
		}
		s.word.Store(w) // hand it back untouched
		return 0, false
	}
}
