package shard

import "math/bits"

// Retired is a sealed generation: nothing in it changes, and who got it owns it.
type Retired[K comparable, V any] struct {
	p       *Partition[K, V]
	t       *table[K, V]
	spilled []*Slot[K, V]
	live    int
}

// Len returns how many entries it holds.
func (r *Retired[K, V]) Len() int { return r.live }

// Number returns the generation's number; they count up from 1 within a partition.
func (r *Retired[K, V]) Number() uint64 { return r.t.gen.number }

// Retire swaps in a fresh generation and returns the sealed old one; nil if it
// held nothing. open is false if the partition was stopped before. It waits for
// inserts and claims in progress, never for a processor. Cost: one pass over the slots.
func (p *Partition[K, V]) Retire() (r *Retired[K, V], open bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.current.Load() // retired under mu alone: its generation stays
	if t == nil {
		return nil, false
	}
	taken, live := t.gen.taken()
	if taken == 0 {
		p.shrink(t)
		return nil, true
	}
	// The next one gets room for three in ten more than this one held, since traffic
	// fluctuates; none if nothing is left of it. (Tried: one in ten: p99.9 of a Put 1.3 to
	// 1.8 times as long; half: drains 1.25. The two before: a spike came back too late.)
	slots := 0
	if live > 0 {
		slots = max(int(taken)*3/2, firstSlots[K, V]())
	}
	p.number++
	next := p.newTable(&generation{number: p.number}, slots)
	next.touch()
	return p.swap(next), true
}

// shrink takes the slots from a generation that did not use them for an interval.
func (p *Partition[K, V]) shrink(t *table[K, V]) {
	p.finish(t)
	if len(t.slots) > 0 {
		p.resize(t, 0)
		p.finish(p.current.Load()) // retired under mu alone: not nil
	}
}

// Stop retires the current generation and puts nothing in its place: from its
// swap on, every write is refused. nil if it held nothing or was stopped before.
func (p *Partition[K, V]) Stop() *Retired[K, V] {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.current.Load() == nil { // as in Retire
		return nil
	}
	return p.swap(nil)
}

// swap is swap, close, seal, under mu.
func (p *Partition[K, V]) swap(next *table[K, V]) *Retired[K, V] {
	t := p.last()
	// Publication: who sees next as current sees t in flight (G4). It comes first;
	// in between, t is current and in flight at once, which newerInFlight knows.
	t.older.Store(p.inflight.Load())
	p.inflight.Store(t)
	// Linearization of the retirement: a check before this swap saw t and its write
	// belongs to t; a check after it fails (S3). Swap before close: closing first
	// leaves writers nowhere to go but round in circles.
	p.current.Store(next)
	t.turn.Store(taken) // nobody waits for us any more
	// E1: afterwards no insert into the index is in progress.
	t.gate.Close()
	r := &Retired[K, V]{p: p, t: t, spilled: t.allSpilled()}
	r.live = p.seal(t, r.spilled)
	if r.live == 0 {
		p.unlink(t)
		return nil
	}
	return r
}

// last returns the generation's last table: it has everything, and is ours to replace.
func (p *Partition[K, V]) last() *table[K, V] {
	for spins := 0; ; spins++ {
		t := p.current.Load()
		p.finish(t)
		switch t.turn.Load() {
		case free:
			if t.turn.CompareAndSwap(free, held) { // ownership, as in resize
				return t
			}
		case held: // by somebody who grows it
			pause(spins)
		}
	}
}

// seal meets every slot when it is not busy: from then on nothing in it is
// touched (S2). It adds up the ledger and returns how many entries are live.
func (p *Partition[K, V]) seal(t *table[K, V], spilled []*Slot[K, V]) (live int) {
	var writes uint64
	for b := range t.tags { // each by hand: a call for every slot is half of the pass
		for used := t.used(b); used != 0; used &= used - 1 {
			s := &t.slots[b*perBucket+bits.TrailingZeros64(used)/8]
			if s.settled() > void {
				live++
			}
			writes += uint64(s.meta & writesMask)
		}
	}
	for _, s := range spilled {
		if s.settled() > void {
			live++
		}
		writes += uint64(s.meta & writesMask)
	}
	p.ledger.add(t.gen, writes, uint64(live))
	return live
}

// Release ends the generation's time in flight and leaves it to its owner, who
// may keep it. Nothing else remembers it.
func (p *Partition[K, V]) Release(r *Retired[K, V]) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unlink(r.t)
}

// unlink takes t out of the chain of generations in flight, under mu. There are
// two at most: one being drained, and one that Stop retired meanwhile.
func (p *Partition[K, V]) unlink(t *table[K, V]) {
	if at := p.inflight.Load(); at == t {
		p.inflight.Store(t.older.Load()) // from here on t's versions constrain nobody (G4)
	} else if at != nil {
		at.older.CompareAndSwap(t, nil) // a reader that is past it keeps what it has seen
	}
	t.older.Store(nil) // else generations would hold each other for ever
}
