package shard

import "math"

// Status is how a write ended.
type Status uint8

const (
	// Overwrote: the key was buffered and has the new value.
	Overwrote Status = iota
	// Inserted: the key was absent and has the value; it counts as one entry more.
	Inserted
	// Stale: the version was not newer; nothing was written.
	Stale
	// Full: the key was absent and the limit has no unit left; nothing was written.
	Full
	// Closed: the partition is stopped; nothing was written.
	Closed
)

// A write's kind is in the bits of its meta that count writes: the commit replaces them.
const (
	plain     meta = 0      // floor: noFloor
	versioned meta = 1 << 0 // floor: just below the version
	restored  meta = 1 << 1 // floor: marks alone; holds its part of the limit already
	sized     meta = 1 << 2 // its size is bounded
	resetting meta = 1 << 3 // it notes whether it replaces a tombstone
)

// noFloor lets a plain write replace anything: no word is above it.
const noFloor = math.MaxUint64

// Put stores the value, whatever was there: version 0, updates 0. After Inserted,
// live is how many entries the generation then held: one insert gets each number.
func (p *Partition[K, V]) Put(hash uint64, key K, value V) (status Status, live uint32) {
	t := p.current.Load() // the table that this attempt is about
	if t != nil {
		s := t.own(hash)
		if s == nil {
			s = t.first(hash)
		}
		if s != nil {
			old := s.word.Load() // before the key, which may be read unless this is busy
			if old > void && s.key == key && p.claims(t, s, old) {
				s.commit(t.gen, value, signBit, plain)
				return Overwrote, 0
			}
		}
	}
	return p.write(hash, key, value, signBit, noFloor, plain, 0)
}

// PutNewer stores the value if the key is absent or its version is lower, in
// the current generation and in what is in flight (G4). The version must be at
// least MinVersion.
func (p *Partition[K, V]) PutNewer(hash uint64, key K, value V, version int64) (status Status, live uint32) {
	word := uint64(version) ^ signBit
	t := p.current.Load() // the table that this attempt is about
	if t != nil {
		s := t.own(hash)
		if s == nil {
			s = t.first(hash)
		}
		if s != nil {
			old := s.word.Load() // as in Put
			if old > void && s.key == key {
				// Linearization of a stale reject (G2), as in write.
				if old >= word {
					return Stale, 0
				}
				if p.claims(t, s, old) {
					s.commit(t.gen, value, word, s.oneUpdate())
					return Overwrote, 0
				}
			}
		}
	}
	return p.write(hash, key, value, word, word-1, versioned, 0)
}

// Write is Put of an item, or if newer is set PutNewer: of tombstones too, and of
// entries whose size is bounded, for which the other two have no argument.
func (p *Partition[K, V]) Write(hash uint64, i Item[K, V], newer bool, size int64) (status Status, live uint32) {
	word, floor := wordOf(i.Version), uint64(noFloor)
	m := metaOf(&i) | p.kinds
	if newer {
		floor, m = word-1, m|versioned
	}
	return p.write(hash, i.Key, i.Value, word, floor, m, size)
}

// Restore puts an entry back whose delivery failed: an absent key gets it back with
// its version, updates and attempts (Inserted), a buffered one keeps what it has,
// which is newer (Stale): while the entry was in flight, nothing older was accepted
// (G4). Closed: the entry is the caller's. What it holds of the limit stays taken only
// if it was Inserted; size is what it holds of a bound on sizes. The flusher calls it
// before Release, so that the version is in flight or current at any moment.
func (p *Partition[K, V]) Restore(i Item[K, V], size int64) (status Status, live uint32) {
	m := metaOf(&i) | restored | p.kinds
	return p.write(p.hash(i.Key), i.Key, i.Value, wordOf(i.Version), void, m, size)
}

// write stores value, word and the parts of meta that are not its kind, unless
// the slot's word is above floor. It takes its arguments one by one so that they
// stay in registers (tried: a struct: 3 ns slower).
func (p *Partition[K, V]) write(
	hash uint64, key K, value V, word, floor uint64, m meta, size int64,
) (status Status, live uint32) {
	for spins := 0; ; spins++ {
		// The table that this attempt is about; the check below asks again.
		t := p.current.Load()
		if t == nil {
			return Closed, 0
		}
		if t.growth.Load() != nil {
			p.bring(t, hash)
		}
		var s *Slot[K, V]
		if m&writesMask == plain && p.limit == nil {
			// Nothing is to be asked before an insert: one look finds the key or takes its place.
			var fresh bool
			if s, fresh = t.reserve(hash, key); fresh {
				if live, ok := p.bear(t, s, key, value, word, m, size); ok {
					return Inserted, live
				}
				continue
			}
			if s == nil {
				s = t.spilled(key)
			}
		} else {
			s = t.find(hash, key)
		}
		if s == nil {
			if status, live, ok := p.insert(t, hash, key, value, word, m, size); ok {
				return status, live
			}
			continue
		}
		// Linearization of a stale reject (G2): this load saw a version as new, in a
		// generation that was current during the call. Marks are lower than any version.
		old := s.word.Load()
		if old > floor {
			return Stale, 0
		}
		if !isLive(old) {
			if old == busy {
				pause(spins)
			} else if old == dead {
				if status, live, ok := p.revive(t, s, hash, value, word, m, size); ok {
					return status, live
				}
			} // else t is not current any more
			continue
		}
		if !p.claims(t, s, old) {
			continue
		}
		if m&writesMask != plain {
			m = p.amend(t, s, m, size)
		}
		s.commit(t.gen, value, word, m)
		return Overwrote, 0
	}
}

// amend completes the meta of a write over a live slot that the caller has claimed,
// and notes its size.
func (p *Partition[K, V]) amend(t *table[K, V], s *Slot[K, V], m meta, size int64) meta {
	if m&versioned != 0 {
		m |= s.oneUpdate()
	}
	if m&sized != 0 {
		at := t.size(s)
		p.Give(0, *at-size) // taken, whatever is left
		*at = size
	}
	if m&resetting != 0 && m&deletedBit == 0 && s.meta&(deletedBit|resetBit) != 0 {
		m |= resetBit
	}
	return m
}

// revive is write on a dead slot of t. Not ok: look again.
func (p *Partition[K, V]) revive(
	t *table[K, V], s *Slot[K, V], hash uint64, value V, word uint64, m meta, size int64,
) (status Status, live uint32, ok bool) {
	if m&versioned != 0 && p.newerInFlight(t, hash, s.key, word) {
		return Stale, 0, true // asked before the claim: nobody waits while holding one
	}
	if !p.claims(t, s, dead) {
		return 0, 0, false
	}
	if m&restored != 0 {
		t.gen.restored.Add(1)
	} else if !p.take(size) {
		s.word.Store(dead)
		return Full, 0, true
	}
	if m&sized != 0 {
		*t.size(s) = size
	}
	live = uint32(t.gen.counts.Add(oneLive))
	s.commit(t.gen, value, word, m)
	return Inserted, live, true
}
