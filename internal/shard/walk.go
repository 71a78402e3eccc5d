package shard

// Walk calls yield for the entries of the current generation, tombstones
// included, in no order, until yield returns false. An entry that is live throughout
// is seen once; one that is written, deleted or retired meanwhile may be seen or
// not. No claim is held while yield runs.
func (p *Partition[K, V]) Walk(yield func(Item[K, V]) bool) (more bool) {
	t := p.current.Load() // what is walked, whatever becomes of it
	if t == nil {
		return true
	}
	p.finish(t)
	more = true
	c := t.cursor(t.allSpilled())
	for s, _ := c.Next(); s != nil && more; s, _ = c.Next() {
		w, ok := p.claimLive(t, s)
		if !ok {
			w = s.settled() // t is not current any more: what is there stays (S2)
		}
		if isLive(w) {
			i := s.Item(versionOf(w))
			if ok {
				s.word.Store(w) // gives the claim back as it was
			}
			more = yield(i)
		}
	}
	return more
}
