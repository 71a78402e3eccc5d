package shard

// Retired is a sealed generation: nothing in it changes any more. Whoever got
// it from Retire owns it until Release.
type Retired[K comparable, V any] struct {
	g     *Generation[K, V]
	taken uint32
	live  int
}

// Len returns how many entries it holds.
func (r *Retired[K, V]) Len() int { return r.live }

// Number returns the generation's number; they count up from 1 within a partition.
func (r *Retired[K, V]) Number() uint64 { return r.g.number }

// Retire swaps in a fresh generation and returns the sealed old one; nil if it
// held nothing. open is false if the partition was stopped before. It waits for
// inserts and claims in progress, never for a processor, and is safe to call
// from several goroutines. Cost: one pass over the slots.
func (p *Partition[K, V]) Retire() (r *Retired[K, V], open bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.current.Load() // written under mu alone: ours
	if g == nil {
		return nil, false
	}
	taken, live := g.store.taken()
	if taken == 0 {
		return nil, true // an empty tick does nothing at all
	}
	if live == 0 {
		// A recycled store that nobody has added to may wait for its keys a while.
		if p.recycling.idle++; taken == g.inherited && p.recycling.idle < idleTicks {
			return nil, true
		}
		// Otherwise dead slots are forgotten, as far as we can see that they all are
		// dead, else inserting and deleting fresh keys would grow the store for ever.
		taken, p.expect, p.recycling.standby = 0, 0, nil
	}
	p.recycling.idle = 0
	p.number++
	return p.swap(g, newGeneration(p.nextStore(max(int(taken), p.expect)), p.number)), true
}

// Stop retires the current generation and puts nothing in its place: from its
// swap on, every write is refused. nil if it held nothing or was stopped before.
func (p *Partition[K, V]) Stop() *Retired[K, V] {
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.current.Load() // written under mu alone: ours
	if g == nil {
		return nil
	}
	r := p.swap(g, nil)
	p.recycling = recycling[K, V]{} // no generation comes that could use it
	return r
}

// swap is swap, close, seal, under mu.
func (p *Partition[K, V]) swap(g, next *Generation[K, V]) *Retired[K, V] {
	// Publication: who sees next as current sees g in flight (G4). It comes first;
	// in between, g is current and in flight at once, which newerInFlight knows.
	g.older.Store(p.inflight.Load())
	p.inflight.Store(g)
	// Linearization of the retirement: a check before this swap saw g and its write
	// belongs to g; a check after it fails (S3). Swap before close: closing first
	// leaves writers nowhere to go but round in circles.
	p.current.Store(next)
	// E1: afterwards no insert is in progress, so taken is final.
	g.gate.Close()
	r := &Retired[K, V]{g: g}
	r.taken, _ = g.store.taken()
	r.live = p.seal(g.store)
	if r.live == 0 {
		p.unlink(g)
		return nil
	}
	p.expect = int(r.taken)
	p.judge(g.store)
	return r
}

// seal meets every slot when it is not busy: from then on nothing in it is
// touched (S2), since a claim that comes later fails its check. It adds the
// generation up for the ledger and returns how many entries are live.
//
// Tried in the design: sealing by a compare-and-swap to a mark. It costs a
// write to every line, and the word must keep its version somewhere else.
func (p *Partition[K, V]) seal(s *store[K, V]) (live int) {
	var writes uint64
	s.each(func(slot *Slot[K, V]) bool {
		if slot.settled() > reserved {
			live++
		}
		writes += uint64(slot.meta & writesMask)
		return true
	})
	// Both are counted under claims, and every claim has been waited for.
	writes += s.carries.Load() << writesBits
	p.ledger.add(counted{
		writes: writes, live: uint64(live), erased: s.erased.Load(),
		restored: s.restored.Load(), merged: s.merged.Load(),
	})
	return live
}

// Release ends the generation's time in flight and leaves it to its owner, who
// may keep it. Nothing else remembers it.
func (p *Partition[K, V]) Release(r *Retired[K, V]) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unlink(r.g)
}

// unlink takes g out of the chain of generations in flight, under mu. There are
// two at most: one being drained, and one that Stop retired meanwhile.
func (p *Partition[K, V]) unlink(g *Generation[K, V]) {
	if at := p.inflight.Load(); at == g {
		p.inflight.Store(g.older.Load()) // from here on g's versions constrain nobody (G4)
	} else if at != nil {
		at.older.CompareAndSwap(g, nil) // a reader that is past it keeps what it has seen
	}
	g.older.Store(nil) // else generations would hold each other for ever
}
