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

func (l *Ledger) add(writes, restored, live, erased uint64) {
	if live > 0 {
		l.Retired++
	}
	l.Inserted += live + erased - restored
	l.Accepted += writes - restored
	l.Restored += restored
	l.Overwritten += writes - live - erased
	l.Erased += erased
}

// Ledger returns the sums over all generations retired so far. It takes the
// partition's mutex, which a retire holds for one pass over its slots.
func (p *Partition[K, V]) Ledger() Ledger {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ledger
}
