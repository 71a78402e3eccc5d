package shard

// Merge is Put, except that a buffered value is combined with the new one by
// merge(old, new). merge is user code: it runs on a copy, with no claim held,
// and its result is committed only if nothing happened to the slot in between;
// otherwise it runs again. A panic in it harms only its caller. A tombstone is
// replaced, as if the key were absent.
//
// Whether anything happened is told by the slot's count of writes, not by its
// word: plain puts all leave the same word. The count has 16 bits, but each time
// it wraps the store's carries take one under the same claim: both unchanged
// means that nothing was written. It costs nothing to those who do not merge.
// (Another slot's wrap only makes us look again.) A Delete leaves the slot dead,
// and a revival counts as a write.
func (p *Partition[K, V]) Merge(key K, value V, merge func(old, new V) V) (status Status, live uint32) {
	for {
		g, s, w := p.claim(p.hashOf(key), key)
		if s == nil {
			// Absent: put, unless the key comes back meanwhile (the floor: stale).
			status, live = p.write(p.hashOf(key), key, value, wordOf(0), reserved, plain)
			if status == Stale {
				continue
			}
			return status, live
		}
		seen := s.peek(g.store, w)
		merged := value
		if !seen.deleted {
			merged = merge(seen.value, value)
		}
		if p.commitIf(g, s, seen, merged, false) {
			return Overwrote, 0
		}
	}
}

// RestoreMerged is Restore, except that a plain entry whose key was plainly put
// since is combined with it by merge(restored, buffered): Overwrote.
func (p *Partition[K, V]) RestoreMerged(i Item[K, V], merge func(old, new V) V) (status Status, live uint32) {
	if i.Version != 0 || i.Deleted {
		return p.Restore(i)
	}
	for {
		status, live = p.Restore(i)
		if status != Stale {
			return status, live
		}
		g, s, w := p.claim(p.hashOf(i.Key), i.Key)
		if s == nil {
			continue // gone again, or stopped: Restore tells
		}
		seen := s.peek(g.store, w)
		if w != wordOf(0) || seen.deleted {
			return Stale, 0
		}
		if p.commitIf(g, s, seen, merge(i.Value, seen.value), true) {
			return Overwrote, 0
		}
	}
}

// glimpse is what a slot held at one moment.
type glimpse[V any] struct {
	value   V
	deleted bool
	writes  uint16
	carries uint64
}

// peek copies the slot under the caller's claim and gives the claim back.
func (s *Slot[K, V]) peek(st *store[K, V], w uint64) glimpse[V] {
	seen := glimpse[V]{value: s.value, deleted: s.Deleted(), writes: s.meta.writes(), carries: st.carries.Load()}
	s.word.Store(w) // publication to the next claim: as it was
	return seen
}

// commitIf writes the value as a plain put does, if g is current and the slot is
// as it was seen.
func (p *Partition[K, V]) commitIf(
	g *Generation[K, V], s *Slot[K, V], seen glimpse[V], value V, restored bool,
) bool {
	w, ok := p.claimLive(g, s)
	if !ok || w == dead {
		return false
	}
	if s.meta.writes() != seen.writes || g.store.carries.Load() != seen.carries {
		s.word.Store(w) // something happened: give it back as it is
		return false
	}
	if restored {
		g.store.restored.Add(1) // under the claim, for the ledger's sum after the seal
		g.store.merged.Add(1)
	}
	s.commit(g.store, value, wordOf(0), plain)
	return true
}
