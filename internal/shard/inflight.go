package shard

// newerInFlight reports whether a generation in flight holds the key with a
// version as new as word (G4), or the memory of delivered versions does. The
// caller saw t current and holds no claim.
//
// A generation in flight does not change: whatever it accepted was claimed
// before the swap that made t's generation current, so its slot is findable now
// and is waited for while busy. A dead one, or none, is no constraint.
func (p *Partition[K, V]) newerInFlight(t *table[K, V], hash uint64, key K, word uint64) bool {
	// Publication: swap stored the table here before the next generation was current.
	// Past our own generation, whose swap is about to come: where it is Stop's, an
	// older one may be in flight behind it.
	f := p.inflight.Load()
	if f != nil && f.gen == t.gen {
		f = f.older.Load()
	}
	if f != nil {
		if s := f.find(hash, key); s != nil && s.settled() >= word {
			return true
		}
	}
	// After the look at what is in flight: what left before it was remembered before
	// it left.
	return p.versions != nil && p.versions.newer(key, word)
}
