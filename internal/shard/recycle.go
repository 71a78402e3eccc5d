package shard

// A drained store can serve again: keys that recur are then revived by a claim
// instead of being inserted into a fresh index, which costs five to ten times as
// much. Two stores alternate: one current, one in flight and then standby.
//
// Why it is safe:
//
//   - The generation that a store gets is new, gate included. An inserter that
//     slept through a whole cycle holds a closed gate for ever.
//   - A claim is followed by a check for the generation, not for the store, so a
//     sleeper's claim in a store that serves again fails its check, and it has
//     touched no plain field.
//   - A standby store has no live slot. Recycle makes each slot dead (S1), after
//     the generation left inflight, so a look at it finds no version that would
//     constrain anybody, or one of a newer generation.
//
// When it pays: only if keys recur. A store that is mostly live is no sign of
// that, since a fresh one always is; recycling unique keys was up to 1.45 times
// slower. So a few keys of each generation are looked up in the next.
//
// The price: a partition that recycles keeps two stores, and entries come in
// order of their key's first write in the store.

// sampleSize is how many keys stand for a generation.
const sampleSize = 64

// A store serves again if one in recurring of the keys of a generation is live in
// the next one, and if it has worthSlots slots per live entry at most: a revival
// takes about 35 ns, an insert several hundred and fresh memory, whose first
// touch is what the slowest Puts waited for (10 µs and more); a dead slot's share
// of a cycle's walks is about 15.
//
// Tried: 2 and 2: p99.9 of a Put, zipf, a flush each 10 ms, 15 instead of 1.5 µs at
// two processors, 12 instead of 1.9 at eight (4 and 4: 9 and 11), but 1.2 times
// faster where uniform keys are flushed each ms at one or at eight.
const (
	recurring  = 8
	worthSlots = 8
)

// idleTicks is how many ticks without an entry a recycled store survives.
const idleTicks = 8

// recycling is a partition's decision, guarded by its mutex.
type recycling[K comparable, V any] struct {
	recur   bool         // keys of the last generations recurred
	sample  []K          // keys of the generation released last
	standby *store[K, V] // drained, nothing live, ready to serve
	idle    int          // ticks in a row with nothing live
}

// nextStore returns the store of the next generation, with room for what the
// last two held at most.
func (p *Partition[K, V]) nextStore(expect int) *store[K, V] {
	if s := p.recycling.standby; s != nil {
		p.recycling.standby = nil
		return s
	}
	return p.newStore(expect)
}

// judge decides from a sealed generation whether the keys of the one before
// recurred in it.
func (p *Partition[K, V]) judge(s *store[K, V]) {
	r := &p.recycling
	if len(r.sample) == 0 {
		return
	}
	hits := 0
	for _, key := range r.sample {
		if slot := s.find(p.hashOf(key), key); slot != nil && isLive(slot.settled()) {
			hits++
		}
	}
	r.recur = recurring*hits >= len(r.sample)
	if !r.recur {
		r.standby = nil
	}
}

// takeSample notes some keys of the retired generation.
func (r *recycling[K, V]) takeSample(g *Retired[K, V]) {
	clear(r.sample)
	r.sample = r.sample[:0]
	step := max(g.taken/sampleSize, 1)
	for i := uint32(0); i < g.taken && len(r.sample) < sampleSize; i += step {
		if s := g.g.store.at(*g.g.store.order.at(i)); isLive(s.settled()) {
			r.sample = append(r.sample, s.key)
		}
	}
}

// Recycle is Release by somebody who is done with the entries: if the keys
// recur, the store becomes the partition's standby. The cost is one pass over
// the slots, and no writer waits for it.
func (p *Partition[K, V]) Recycle(r *Retired[K, V]) {
	p.mu.Lock()
	p.unlink(r.g)
	p.recycling.takeSample(r)
	// A store that is mostly dead would cost more to walk than it saves.
	worth := p.recycling.recur && p.recycling.standby == nil && worthSlots*r.live >= int(r.taken) &&
		p.current.Load() != nil // written under mu; nil: stopped, nothing comes after
	p.mu.Unlock()
	if !worth {
		return
	}
	r.g.store.reset(r.taken)
	if h := r.g.store.hints.Load(); p.hash != nil && (h == nil || r.g.store.spilled.Load() > h.limit) {
		p.hint(r.g.store) // keys that recur are looked up again and again
	}
	p.mu.Lock()
	if p.recycling.recur && p.current.Load() != nil {
		p.recycling.standby = r.g.store
	}
	p.mu.Unlock()
}

// reset makes every slot dead and forgets what was counted. The generation is
// out of flight, so only late comers look at its slots.
func (s *store[K, V]) reset(taken uint32) {
	var none V
	s.each(func(slot *Slot[K, V]) bool {
		// Ownership of value and meta passes to us: from the seal, from a late comer
		// whose check failed, or from a Lookup that was still reading (S2). From then on
		// a Lookup turns away, and a late comer that claims the dead slot touches
		// nothing: its check fails until the next generation has the store, and
		// publishing that one publishes what is written here (S1).
		for spins := 0; ; spins++ {
			if w := slot.settled(); w == dead || slot.word.CompareAndSwap(w, dead) {
				break
			}
			pause(spins)
		}
		slot.value = none // may be collected now
		slot.meta = 0
		return true
	})
	// No insert can run (the gate closed for good) and no claim can pass its check,
	// so nobody counts until the next generation publishes the store.
	s.counts.Store(uint64(taken) << 32)
	s.erased.Store(0)
	s.carries.Store(0)
	s.restored.Store(0)
	s.merged.Store(0)
}
