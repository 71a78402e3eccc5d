package shard

// A write whose value depends on what is there is made in two steps: Peek copies
// what is there, the caller runs user code on the copy, with nothing held, and
// WriteIf writes the result if nothing happened to the key in between; otherwise
// the caller begins again. A panic in the user code leaves nothing behind.
//
// The slot's count of writes tells whether anything happened, not its word, which
// all plain puts leave alike; each time the count wraps, the generation's carries
// take one under the same claim. A Delete leaves the slot dead, a revival counts,
// and a key that was absent must be absent still, in the same generation: while
// that is current nothing new goes in flight, and what leaves flight because its
// delivery failed comes back first. So what InFlight said of it holds as well (G4).

// Seen is what a partition held for a key at one moment.
type Seen[K comparable, V any] struct {
	Item Item[K, V] // in the current generation, if Live
	Size int64      // of Item, where sizes are bounded
	Live bool

	t       *table[K, V] // that was current; nil: stopped
	slot    *Slot[K, V]  // nil unless Live
	writes  uint16
	carries uint64
}

// Peek looks at the key, tombstones included. open is false once stopped.
func (p *Partition[K, V]) Peek(hash uint64, key K) (seen Seen[K, V], open bool) {
	t, s, w := p.claim(hash, key)
	if s == nil {
		return Seen[K, V]{t: t}, t != nil
	}
	// Under the claim: count and carries belong to what is copied.
	seen = Seen[K, V]{
		Item: s.Item(versionOf(w)), Live: true, t: t, slot: s, writes: uint16(s.meta & writesMask), carries: t.gen.carries.Load(),
	}
	if t.sizes != nil {
		seen.Size = *t.size(s)
	}
	s.word.Store(w) // publication to the next claim: as it was
	return seen, true
}

// InFlight returns what was in flight for the key beside the generation seen.
func (p *Partition[K, V]) InFlight(seen *Seen[K, V], hash uint64, key K) (i Item[K, V], ok bool) {
	f := p.inflight.Load() // publication: as in newerInFlight
	// After it: so f is no newer than what was seen, or everything has been retired.
	if t := p.current.Load(); t != nil && t.gen != seen.t.gen {
		return i, false // WriteIf will fail
	}
	for ; f != nil && !ok; f = f.older.Load() {
		if seen.t == nil || f.gen != seen.t.gen {
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
	case seen.t == nil:
		return Closed, 0, true
	case seen.Live:
		return Overwrote, 0, p.overwriteIf(seen, i.Value, wordOf(i.Version), m, size)
	}
	for {
		// The generation, and not the table: its growth is nothing that happens to a key.
		t := p.current.Load()
		if t == nil || t.gen != seen.t.gen {
			return 0, 0, false
		}
		p.bring(t, hash)
		s := t.find(hash, i.Key)
		switch {
		case s == nil:
			status, live, ok = p.insert(t, hash, i.Key, i.Value, wordOf(i.Version), m, size)
		case isLive(s.settled()): // by another write, or one under way
			return 0, 0, false
		default:
			status, live, ok = p.revive(t, s, hash, i.Value, wordOf(i.Version), m, size)
		}
		if ok {
			return status, live, true
		}
	}
}

// overwriteIf is WriteIf for a key that was live.
func (p *Partition[K, V]) overwriteIf(seen *Seen[K, V], value V, word uint64, m meta, size int64) bool {
	t, s := seen.t, seen.slot
	w, ok := p.claimLive(t, s)
	if !ok || w == dead {
		return false
	}
	if uint16(s.meta&writesMask) != seen.writes || t.gen.carries.Load() != seen.carries {
		s.word.Store(w) // something happened: give it back as it is
		return false
	}
	if m&restored != 0 {
		t.gen.restored.Add(1) // under the claim, for the ledger's sum after the seal
		t.gen.merged.Add(1)
	}
	s.commit(t.gen, value, word, p.amend(t, s, m, size))
	return true
}
