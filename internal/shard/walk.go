package shard

// Walk calls yield for the entries of the current generation, tombstones
// included, in no order, until yield returns false. An entry that
// is live throughout is seen once; one that is written, deleted or retired
// meanwhile may be seen or not. No claim is held while yield runs, but the
// generation does not grow: what it has no room for goes to its index.
func (p *Partition[K, V]) Walk(yield func(Item[K, V]) bool) (more bool) {
	t := p.current.Load() // what is walked, until it is retired
	if t == nil {
		return true
	}
	g := t.gen
	g.walks.Add(1) // before the look at the turn: pairs with resize, which does it the other way round
	defer g.walks.Add(-1)
	if t = p.still(g); t == nil {
		return true // retired: handed to the processor
	}
	more = true
	c := t.cursor(t.allSpilled())
	for s, _ := c.Next(); s != nil && more; s, _ = c.Next() {
		w, ok := p.claimLive(t, s)
		if !ok {
			break // retired, as above
		}
		if w != dead {
			i := s.item(w)
			s.word.Store(w) // gives the claim back as it was
			more = yield(i)
		}
	}
	return more
}

// still returns the generation's table, once it does not grow any more; nil if
// the generation is not current.
func (p *Partition[K, V]) still(g *generation) *table[K, V] {
	for spins := 0; ; spins++ {
		t := p.current.Load()
		if t == nil || t.gen != g {
			return nil
		}
		p.finish(t)
		switch t.turn.Load() {
		case free:
			return t
		case held: // by somebody who is about to swap current, or to find that we walk
			pause(spins)
		}
	}
}
