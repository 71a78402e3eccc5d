package shard

// insert is write for a key that t lacked. Not ok: the key is there after all, or
// t is no longer current: start again.
func (p *Partition[K, V]) insert(
	t *table[K, V], hash uint64, key K, value V, word uint64, m meta, size int64,
) (status Status, live uint32, ok bool) {
	if m&versioned != 0 && p.newerInFlight(t, hash, key, word) {
		return Stale, 0, true
	}
	// Before the place: a refused insert must not leave a slot behind.
	if m&restored == 0 && !p.take(size) {
		return Full, 0, true
	}
	if s, fresh := t.reserve(hash, key); fresh {
		live, ok = p.bear(t, s, key, value, word, m, size)
	} else if s == nil {
		live, ok = p.insertSpilled(t, key, value, word, m, size)
	}
	if !ok && m&restored == 0 {
		p.Give(1, size)
	}
	return Inserted, live, ok
}

// bear ends an insert whose slot is fresh.
func (p *Partition[K, V]) bear(
	t *table[K, V], s *Slot[K, V], key K, value V, word uint64, m meta, size int64,
) (live uint32, ok bool) {
	s.key = key // under the claim; never again (S1)
	// Check, as in claims: the slot was born claimed. Linearization of the insert (G2).
	if p.current.Load() != t {
		// Gives the claim back for ever: nothing was counted, and whoever looks here
		// is told that t is over.
		s.word.Store(void)
		return 0, false
	}
	// Counted after the check, so that stale inserts need no undo, and before the
	// publication: a Delete that finds the slot counts after us, and so does the seal.
	n := t.gen.counts.Add(oneTaken + oneLive)
	if m&restored != 0 {
		t.gen.restored.Add(1)
	}
	s.meta = m&^writesMask | 1
	s.value = value
	if m&sized != 0 {
		*t.size(s) = size
	}
	s.word.Store(word) // publication of key, value and meta
	if uint32(n>>32) > t.limit {
		p.grow(t)
	}
	return uint32(n), true
}

// insertSpilled is insert for a key whose buckets are full.
func (p *Partition[K, V]) insertSpilled(
	t *table[K, V], key K, value V, word uint64, m meta, size int64,
) (live uint32, ok bool) {
	if p.makeRoom(t) {
		return 0, false
	}
	// E1. From here to Leave the index is not final: Retire waits for us.
	stripe, ok := t.gate.Enter()
	if !ok {
		return 0, false
	}
	s, ok := p.install(t, key)
	if ok {
		live, ok = p.bear(t, s, key, value, word, m, size)
	}
	t.gate.Leave(stripe)
	return live, ok
}

// makeRoom grows t if that is likely to help a key whose buckets are full, and
// reports whether it is worth while to look again.
func (p *Partition[K, V]) makeRoom(t *table[K, V]) bool {
	// Counts that decide nothing but speed. With fewer slots taken the index must do:
	// up to the limit it gets one key of a hundred. (Tried: growing from three quarters
	// of the limit on: a key is copied three times until there are 100,000, not once.)
	if taken, _ := t.gen.taken(); taken < t.limit {
		return false
	}
	p.finish(t)
	p.grow(t)
	if len(t.slots) > 0 {
		return p.current.Load() != t
	}
	if t.turn.Load() == held { // by somebody else, who is making the first slots
		pause(spinsBeforeYield)
	}
	return true
}
