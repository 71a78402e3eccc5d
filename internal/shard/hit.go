package shard

// A hit is the common case of an operation: the key has a slot in its hash's own
// bucket, and nobody is in the way. Put, PutNewer and Get do it themselves, without
// a call (own, first, claims and commit are inlined), and leave everything else to the
// general way, which starts from the beginning: write, and claim for Get. A hit by
// the general way takes a fifth longer.

// claims tries the claim and the check of a slot, found from t, whose word was old.
func (p *Partition[K, V]) claims(t *table[K, V], s *Slot[K, V], old uint64) bool {
	// Claim. Ownership of value and meta passes from whoever stored old to us:
	// its writes synchronize before this. If another claim came first: not ours.
	// Tried: claiming by Swap without the load: 20 ns slower at 8 processors.
	if !s.word.CompareAndSwap(old, busy) {
		return false
	}
	// Check: the linearization point of an accepted write (G2). Pairs with the
	// swaps in swap and grow, which precede the looks at this word by seal and
	// copy: if we see t, they see busy or what we commit (S2). Not t: start again (S3).
	if p.current.Load() == t {
		return true
	}
	s.word.Store(old) // nothing was touched; what we received we hand on
	return false
}

// oneUpdate is what a versioned write over the slot carries on: its updates and
// one more.
func (s *Slot[K, V]) oneUpdate() meta { return min(s.meta>>updatesBits+1, updatesMax) << updatesBits }

// commit is the end of an accepted write under a claim.
func (s *Slot[K, V]) commit(g *generation, value V, word uint64, m meta) {
	writes := (s.meta + 1) & writesMask
	if writes == 0 {
		g.carries.Add(1) // under the claim, so that the ledger's sum after the seal has it
	}
	s.meta = m&^writesMask | writes
	s.value = value
	s.word.Store(word) // publication of value and meta, to the next claim and to the seal
}
