package shard

// Ledger says what became of the writes that retired generations accepted:
// Accepted + Restored = Overwritten + Erased + those handed out as entries.
type Ledger struct {
	Retired     uint64 // generations retired with entries in them
	Inserted    uint64 // writes that found the key absent
	Accepted    uint64 // writes accepted
	Restored    uint64 // entries that Restore put back
	Overwritten uint64 // writes, and restored entries, replaced by a later write to their key
	Erased      uint64 // writes, and restored entries, that Delete took back
}

// counted is what a sealed generation adds to the ledger.
type counted struct {
	writes, live, erased, restored, merged uint64
}

func (l *Ledger) add(c counted) {
	if c.live > 0 {
		l.Retired++
	}
	// Each insert, revival or restored entry that was not merged made one entry,
	// and each entry is live or was erased.
	l.Inserted += c.live + c.erased - (c.restored - c.merged)
	l.Accepted += c.writes - c.restored
	l.Restored += c.restored
	l.Overwritten += c.writes - c.live - c.erased
	l.Erased += c.erased
}

// Ledger returns the sums over all generations retired so far. It takes the
// partition's mutex, which a retire holds for one pass over its slots.
func (p *Partition[K, V]) Ledger() Ledger {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ledger
}
