package shard

// Status is how a write ended.
type Status uint8

const (
	// Overwrote: the key was buffered and has the new value.
	Overwrote Status = iota
	// Inserted: the key was absent and has the value; it counts as one entry more.
	Inserted
	// Stale: the version was not newer; nothing was written.
	Stale
	// Closed: the partition is stopped; nothing was written.
	Closed
)

// Put stores the value, whatever was there: version 0, updates 0. After
// Inserted, live is how many entries the generation then held: a number that
// each insert and revival gets exact, so a threshold is crossed by exactly one.
func (p *Partition[K, V]) Put(key K, value V) (status Status, live uint32) {
	return p.write(key, value, wordOf(0), false)
}

// PutNewer stores the value if the key is absent or its version is lower, in
// the current generation and in what is in flight (G4). The version must be at
// least MinVersion.
func (p *Partition[K, V]) PutNewer(key K, value V, version int64) (status Status, live uint32) {
	return p.write(key, value, wordOf(version), true)
}

func (p *Partition[K, V]) write(key K, value V, word uint64, versioned bool) (Status, uint32) {
	for {
		// The generation that this attempt is about; the check below asks again.
		g := p.current.Load()
		if g == nil {
			return Closed, 0
		}
		s := g.store.find(key)
		if s == nil {
			if versioned && p.newerInFlight(g, key, word) {
				return Stale, 0
			}
			if live, ok := p.insert(g, key, value, word); ok {
				return Inserted, live
			}
			continue // it is there after all, or g is no longer current
		}
		if status, live, ok := p.overwrite(g, s, key, value, word, versioned); ok {
			return status, live
		}
	}
}

// overwrite is the hot path: claim, check, commit on a slot that exists. Not ok
// means that g is no longer current: start again (S3).
func (p *Partition[K, V]) overwrite(
	g *Generation[K, V], s *Slot[K, V], key K, value V, word uint64, versioned bool,
) (status Status, live uint32, ok bool) {
	for spins := 0; ; spins++ {
		// Linearization of a stale reject (G2): this load saw a version as new, in a
		// generation that was current during the call. Nothing is written, so
		// rejects scale with cores. Marks are lower than any version.
		old := s.word.Load()
		if versioned && old >= word {
			return Stale, 0, true
		}
		if old == busy {
			pause(spins)
			continue
		}
		if old == dead && versioned && p.newerInFlight(g, key, word) {
			return Stale, 0, true // asked before the claim: nobody waits while holding one
		}
		// Claim. Ownership of value and meta passes from whoever stored old to us:
		// its writes synchronize before this.
		//
		// Tried: claiming by Swap without the load: 20 ns slower at 8 processors.
		if !s.word.CompareAndSwap(old, busy) {
			continue
		}
		// Check: the linearization point of an accepted write (G2). Pairs with the
		// swap in Retire, which precedes its look at this word: if we see g, the
		// seal sees busy or what we commit (S2).
		if p.current.Load() != g {
			s.word.Store(old) // nothing was touched; what we received we hand on
			return 0, 0, false
		}
		var wrapped bool
		switch {
		case old == dead:
			s.meta, wrapped = s.meta.put()
			live, status = uint32(g.store.counts.Add(oneLive)), Inserted
		case versioned:
			s.meta, wrapped = s.meta.replace()
		default:
			s.meta, wrapped = s.meta.put()
		}
		if wrapped {
			g.store.carries.Add(1) // under the claim, so that the ledger's sum after the seal has it
		}
		s.value = value
		// Commit: publication of value and meta, to the next claim and to the seal.
		s.word.Store(word)
		return status, live, true
	}
}

// insert adds a key that the index lacked. Not ok: the key is there after all,
// or g is no longer current.
func (p *Partition[K, V]) insert(g *Generation[K, V], key K, value V, word uint64) (live uint32, ok bool) {
	// E1. From here to Leave the slots taken are not final: Retire waits for us.
	stripe, ok := g.gate.Enter()
	if !ok {
		return 0, false
	}
	s, live := g.store.install(key)
	// Check, as in overwrite: the slot was born claimed. Linearization of the insert (G2).
	ok = s != nil && p.current.Load() == g
	switch {
	case ok:
		s.value, s.meta = value, metaOf(0, 0, 1)
		s.word.Store(word) // commit: publication of value and meta
	case s != nil:
		g.store.counts.Add(^uint64(oneLive - 1)) // minus one: it never was an entry
		s.word.Store(dead)                       // gives the claim back; a waiter on it finds the key absent
	}
	g.gate.Leave(stripe)
	return live, ok
}

// newerInFlight reports whether a generation in flight holds the key with a
// version as new as word (G4). The caller saw g current and holds no claim.
//
// A generation in flight does not change: whatever it accepted was claimed
// before the swap that made g current, so its slot is findable now and is
// waited for while busy. A dead one, or none, is no constraint. Looking at one
// that was released and recycled meanwhile is harmless: what is live there is
// in a newer generation, which was current during this call.
func (p *Partition[K, V]) newerInFlight(g *Generation[K, V], key K, word uint64) bool {
	// Publication: Retire stored the generation here before the swap that made g current.
	f := p.inflight.Load()
	if f == nil || f == g { // f == g: the swap that retires g is about to come
		return false
	}
	s := f.store.find(key)
	return s != nil && s.settled() >= word
}
