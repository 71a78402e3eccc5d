package shard

// heatPeriod is how many writes to one slot count as one unit of heat: a power
// of two below 2^16. The count is in a register at that moment, and fifteen
// writes of sixteen do nothing more.
const heatPeriod = 16

// warm notes that a slot of a store without hints was written to heatPeriod
// times. Once the store's slots were overwritten twice on average, the flusher
// is asked for hints.
func (p *Partition[K, V]) warm(s *store[K, V]) {
	spilled := s.spilled.Load()
	// Counts that decide nothing but speed.
	if s.heat.Add(1)*heatPeriod >= 2*uint64(max(spilled, minSlots)) {
		p.ask(s)
	}
}

// ask wakes the flusher to Tune, once until it has done so.
func (p *Partition[K, V]) ask(s *store[K, V]) {
	if p.hash != nil && p.wake != nil && s.asked.CompareAndSwap(false, true) {
		p.wake()
	}
}

// outgrown asks for larger hints when there are more spilled slots than the ones
// there were made for.
func (p *Partition[K, V]) outgrown(s *store[K, V]) {
	if h := s.hints.Load(); h != nil && s.spilled.Load() > h.limit {
		p.ask(s)
	}
}

// Tune makes the hints of the current generation's store, or larger ones, if
// writers have asked for them. The flusher calls it between deliveries; writers
// go on meanwhile.
func (p *Partition[K, V]) Tune() {
	if g := p.current.Load(); g != nil && g.store.asked.Load() { // set by ask; a later one wakes us again
		p.hint(g.store)
	}
}

// remember adds a fresh spilled slot to the hints, if the store has any.
func (s *store[K, V]) remember(hash uint64, slot uint32) {
	if h := s.hints.Load(); h != nil { // nil: see hint, whose count of slots then has ours
		h.add(hash, slot)
	}
}

// hint makes hints for what the store has spilled. One goroutine does at a time: the
// flusher.
func (p *Partition[K, V]) hint(s *store[K, V]) {
	h := newHints(s.spilled.Load())
	// Publication of an empty table, before the count is read again: an inserter
	// that did not see the table took its slot before that, so we see the slot.
	s.hints.Store(h)
	s.asked.Store(false)
	for i := range s.spilled.Load() {
		// Settled: its inserter has written the key. No segment yet: it stays with the index.
		if slot := s.spill.tryAt(i); slot != nil {
			slot.settled()
			h.add(p.hash(slot.key), i)
		}
	}
}
