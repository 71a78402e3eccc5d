package shard

// A write whose value depends on what is there is made in two steps: Peek copies
// what is there, the caller runs user code on the copy, with nothing held, and
// WriteIf writes the result if nothing happened to the key in between; otherwise
// the caller begins again. A panic in the user code leaves nothing behind.
//
// Whether anything happened is told by the slot's count of writes, not by its
// word: plain puts all leave the same word. The count has 16 bits, but each time
// it wraps the store's carries take one under the same claim: both unchanged
// means that nothing was written. It costs nothing to other writes. (Another
// slot's wrap only makes the caller look again.) A Delete leaves the slot dead, a
// revival counts as a write, and a key that was absent must be absent still, in
// the same generation: while that is current nothing new goes in flight, and what
// leaves flight because its delivery failed comes back first. So what InFlight said
// of the key still holds as well (G4).

// Seen is what a partition held for a key at one moment.
type Seen[K comparable, V any] struct {
	Item Item[K, V] // in the current generation, if Live
	Size int64      // of Item, where sizes are bounded
	Live bool

	g       *Generation[K, V] // that was current; nil: stopped
	slot    *Slot[K, V]       // nil unless Live
	writes  uint16
	carries uint64
}

// Peek looks at the key, tombstones included. open is false if the partition is
// stopped.
func (p *Partition[K, V]) Peek(hash uint64, key K) (seen Seen[K, V], open bool) {
	g, s, w := p.claim(hash, key)
	if s == nil {
		return Seen[K, V]{g: g}, g != nil
	}
	// Under the claim: count and carries belong to what is copied.
	seen = Seen[K, V]{
		Item: s.item(w), Live: true,
		g: g, slot: s, writes: s.meta.writes(), carries: g.store.carries.Load(),
	}
	if g.store.sizes != nil {
		seen.Size = *g.store.size(s)
	}
	s.word.Store(w) // publication to the next claim: as it was
	return seen, true
}

// InFlight returns what was in flight for the key beside the generation that was
// seen.
func (p *Partition[K, V]) InFlight(seen *Seen[K, V], hash uint64, key K) (i Item[K, V], ok bool) {
	// Publication: as in newerInFlight. A generation that is newer than the one seen
	// may be found too, but then WriteIf fails.
	for f := p.inflight.Load(); f != nil && !ok; f = f.older.Load() {
		if f != seen.g {
			i, ok = p.lookupRetired(f, hash, key)
		}
	}
	return i, ok
}

// WriteIf writes the item, version and all, if nothing happened to its key since
// it was seen. ok is false if something did, and nothing is written. A restored
// item is one of a failed delivery, as for Restore: put back if the key was absent,
// or what was made of it and the one seen.
func (p *Partition[K, V]) WriteIf(
	seen *Seen[K, V], hash uint64, i Item[K, V], size int64, back bool,
) (status Status, live uint32, ok bool) {
	m := metaOf(&i) | p.kinds
	if back {
		m |= restored
	}
	switch {
	case seen.g == nil:
		return Closed, 0, true
	case seen.Live:
		return Overwrote, 0, p.overwriteIf(seen, i.Value, wordOf(i.Version), m, size)
	}
	s := seen.g.store.find(hash, i.Key)
	if s == nil {
		return p.insert(seen.g, hash, i.Key, i.Value, wordOf(i.Version), m, size)
	}
	if s.settled() != dead { // by another write; or claimed, and settled then
		return 0, 0, false
	}
	return p.revive(seen.g, s, hash, i.Value, wordOf(i.Version), m, size)
}

// overwriteIf is WriteIf for a key that was live.
func (p *Partition[K, V]) overwriteIf(seen *Seen[K, V], value V, word uint64, m meta, size int64) bool {
	g, s := seen.g, seen.slot
	w, ok := p.claimLive(g, s)
	if !ok || w == dead {
		return false
	}
	if s.meta.writes() != seen.writes || g.store.carries.Load() != seen.carries {
		s.word.Store(w) // something happened: give it back as it is
		return false
	}
	if m&restored != 0 {
		g.store.restored.Add(1) // under the claim, for the ledger's sum after the seal
		g.store.merged.Add(1)
	}
	s.commit(g.store, value, word, p.amend(g.store, s, m, size))
	return true
}
