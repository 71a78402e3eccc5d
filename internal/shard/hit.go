package shard

// A hit is the common case of an operation: the key has a place in its hash's
// own bucket, and nobody is in the way. Put, PutNewer and Get do it themselves,
// in one function without calls (first, claims and commit are inlined), and leave
// everything else to the general way, which starts from the beginning: write,
// and claim for Get.
//
// Measured (GOMAXPROCS 1, integers): a hit by the general way takes 1.5 times as
// long. Functions that are not generic are written out by hand: the compiler
// does not inline them into instances made in other packages.

// claims tries the claim and the check of a slot of g whose word was old.
func (p *Partition[K, V]) claims(g *Generation[K, V], s *Slot[K, V], old uint64) bool {
	// Claim. Ownership of value and meta passes from whoever stored old to us:
	// its writes synchronize before this. If another claim came first: not ours.
	//
	// Tried: claiming by Swap without the load: 20 ns slower at 8 processors.
	if !s.word.CompareAndSwap(old, busy) {
		return false
	}
	// Check: the linearization point of an accepted write (G2). Pairs with the
	// swap in Retire, which precedes its look at this word: if we see g, the
	// seal sees busy or what we commit (S2). Not g: start again (S3).
	if p.current.Load() == g {
		return true
	}
	s.word.Store(old) // nothing was touched; what we received we hand on
	return false
}

// oneUpdate is what a versioned write over the slot carries on: its updates and
// one more.
func (s *Slot[K, V]) oneUpdate() meta { return min(s.meta>>updatesBits+1, updatesMax) << updatesBits }

// commit is the end of an accepted write under a claim. It returns the slot's
// count of writes.
func (s *Slot[K, V]) commit(st *store[K, V], value V, word uint64, m meta) (writes meta) {
	writes = (s.meta + 1) & writesMask
	if writes == 0 {
		st.carries.Add(1) // under the claim, so that the ledger's sum after the seal has it
	}
	s.meta = m&^writesMask | writes
	s.value = value
	s.word.Store(word) // publication of value and meta, to the next claim and to the seal
	return writes
}
