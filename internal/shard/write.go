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

// A write's kind is in the bits of its meta that count writes: one argument less
// to pass, and the commit replaces them.
const (
	plain     meta = 0      // floor: noFloor
	versioned meta = 1 << 0 // floor: just below the version
	restored  meta = 1 << 1 // floor: marks alone; holds its part of the limit already
	sized     meta = 1 << 2 // its size is bounded
	resetting meta = 1 << 3 // it notes whether it replaces a tombstone
)

// noFloor lets a plain write replace anything: no word is above it.
const noFloor = math.MaxUint64

// Put stores the value, whatever was there: version 0, updates 0. After
// Inserted, live is how many entries the generation then held: a number that
// each insert and revival gets exact, so a threshold is crossed by exactly one.
func (p *Partition[K, V]) Put(hash uint64, key K, value V) (status Status, live uint32) {
	g := p.current.Load() // the generation that this attempt is about
	if g != nil {
		if s := g.places.first(hash); s != nil && s.key == key {
			old := s.word.Load()
			if old > reserved && p.claims(g, s, old) {
				s.commit(g.store, value, signBit, plain)
				return Overwrote, 0
			}
			if old == dead { // as after each flush where keys recur
				if status, live, ok := p.revive(g, s, hash, value, signBit, plain, 0); ok {
					return status, live
				}
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
	g := p.current.Load() // the generation that this attempt is about
	if g != nil {
		if s := g.places.first(hash); s != nil && s.key == key {
			// Linearization of a stale reject (G2), as in write; marks are lower than any word.
			old := s.word.Load()
			if old >= word {
				return Stale, 0
			}
			if old > reserved && p.claims(g, s, old) {
				s.commit(g.store, value, word, s.oneUpdate())
				return Overwrote, 0
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

// write stores value, word and the parts of meta that are not its kind, unless
// the slot's word is above floor. It takes its arguments one by one so that they
// stay in registers (tried: a struct: 3 ns slower).
func (p *Partition[K, V]) write(
	hash uint64, key K, value V, word, floor uint64, m meta, size int64,
) (status Status, live uint32) {
	for spins := 0; ; spins++ {
		// The generation that this attempt is about; the check below asks again.
		g := p.current.Load()
		if g == nil {
			return Closed, 0
		}
		s := g.store.find(hash, key)
		if s == nil {
			if status, live, ok := p.insert(g, hash, key, value, word, m, size); ok {
				return status, live
			}
			continue
		}
		// Linearization of a stale reject (G2): this load saw a version as new, in a
		// generation that was current during the call. Nothing is written, so
		// rejects scale with cores. Marks are lower than any version.
		old := s.word.Load()
		if old > floor {
			return Stale, 0
		}
		if !isLive(old) {
			if old == busy {
				pause(spins)
			} else if status, live, ok := p.revive(g, s, hash, value, word, m, size); ok {
				return status, live
			}
			continue
		}
		if !p.claims(g, s, old) {
			continue
		}
		if m&writesMask != plain {
			m = p.amend(g.store, s, m, size)
		}
		if s.commit(g.store, value, word, m)%heatPeriod == 0 && g.store.hints.Load() == nil {
			p.warm(g.store)
		}
		return Overwrote, 0
	}
}

// amend completes the meta of a write over a live slot that the caller has claimed,
// and notes its size.
func (p *Partition[K, V]) amend(st *store[K, V], s *Slot[K, V], m meta, size int64) meta {
	if m&versioned != 0 {
		m |= s.oneUpdate()
	}
	if m&sized != 0 {
		p.resize(st, s, size)
	}
	if m&resetting != 0 && m&deletedBit == 0 && s.meta&(deletedBit|resetBit) != 0 {
		m |= resetBit
	}
	return m
}

// revive is write on a dead slot of g. Not ok: look again.
func (p *Partition[K, V]) revive(
	g *Generation[K, V], s *Slot[K, V], hash uint64, value V, word uint64, m meta, size int64,
) (status Status, live uint32, ok bool) {
	if m&versioned != 0 && p.newerInFlight(g, hash, s.key, word) {
		return Stale, 0, true // asked before the claim: nobody waits while holding one
	}
	if !s.word.CompareAndSwap(dead, busy) { // claim, as in write
		return 0, 0, false
	}
	if p.current.Load() != g { // check: linearization (G2), as in write
		s.word.Store(dead)
		return 0, 0, false
	}
	if m&restored != 0 {
		g.store.restored.Add(1)
	} else if !p.take(size) {
		s.word.Store(dead)
		return Full, 0, true
	}
	if m&sized != 0 {
		*g.store.size(s) = size
	}
	live = uint32(g.store.counts.Add(oneLive))
	s.commit(g.store, value, word, m)
	return Inserted, live, true
}

// insert is write for a key that the store lacked. Not ok: the key is there after
// all, or g is no longer current: start again.
func (p *Partition[K, V]) insert(
	g *Generation[K, V], hash uint64, key K, value V, word uint64, m meta, size int64,
) (status Status, live uint32, ok bool) {
	if m&versioned != 0 && p.newerInFlight(g, hash, key, word) {
		return Stale, 0, true
	}
	// Before the index: a refused insert must not leave a slot behind.
	if m&restored == 0 && !p.take(size) {
		return Full, 0, true
	}
	// E1. From here to Leave the slots taken are not final: Retire waits for us.
	stripe, ok := g.gate.Enter()
	if ok {
		var s *Slot[K, V]
		s, live = g.store.install(hash, key)
		// Check, as in write: the slot was born claimed. Linearization of the insert (G2).
		if ok = s != nil && p.current.Load() == g; ok {
			if m&restored != 0 {
				g.store.restored.Add(1)
			}
			if m&sized != 0 {
				*g.store.size(s) = size
			}
			s.commit(g.store, value, word, m)
		} else if s != nil {
			// Gives the claim back; whoever waits for it finds the key absent. It stays
			// counted as live: g is retired, and nobody asks for that count again.
			s.word.Store(dead)
		}
		g.gate.Leave(stripe)
	}
	if !ok && m&restored == 0 {
		p.Give(1, size)
	}
	p.outgrown(g.store)
	return Inserted, live, ok
}

// newerInFlight reports whether a generation in flight holds the key with a
// version as new as word (G4), or the memory of delivered versions does. The caller saw g current and holds no claim.
//
// A generation in flight does not change: whatever it accepted was claimed
// before the swap that made g current, so its slot is findable now and is
// waited for while busy. A dead one, or none, is no constraint. Looking at one
// that was released and recycled meanwhile is harmless: what is live there is
// in a newer generation, which was current during this call.
func (p *Partition[K, V]) newerInFlight(g *Generation[K, V], hash uint64, key K, word uint64) bool {
	// Publication: swap stored the generation here before it made g current. Past g
	// itself: the swap that retires g is about to come, and when Stop is the one
	// that retires it, an older one may still be in flight behind it.
	f := p.inflight.Load()
	if f == g {
		f = g.older.Load()
	}
	if f != nil {
		if s := f.store.find(hash, key); s != nil && s.settled() >= word {
			return true
		}
	}
	// After the look at what is in flight: what left before it was remembered before
	// it left.
	return p.versions != nil && p.versions.newer(key, word)
}
