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

// add adds a sealed generation, whose slots count so many writes and live entries.
func (l *Ledger) add(g *generation, writes, live uint64) {
	// All were counted under claims, and every claim has been waited for.
	writes += g.carries.Load()<<writesBits + g.left.Load()
	erased, restored, merged := g.erased.Load(), g.restored.Load(), g.merged.Load()
	if live > 0 {
		l.Retired++
	}
	// Each insert, revival or restored entry that was not merged made one entry,
	// and each entry is live or was erased.
	l.Inserted += live + erased - (restored - merged)
	l.Accepted += writes - restored
	l.Restored += restored
	l.Overwritten += writes - live - erased
	l.Erased += erased
}

// Ledger returns the sums over all generations retired so far.
func (p *Partition[K, V]) Ledger() Ledger {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ledger
}

// Running is Ledger with what the current generation can tell without counting: its
// live entries, and those erased and restored. Its overwrites count once it is
// retired. Each number is read once, so the sum of Ledger's doc, with live among the
// entries, holds beside any operation, if the caller keeps out Retire, Stop and Restore.
func (p *Partition[K, V]) Running() (l Ledger, live int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l = p.ledger
	t := p.current.Load() // retired under mu alone
	if t == nil {
		return l, 0
	}
	_, n := t.gen.taken()
	erased, restored := t.gen.erased.Load(), t.gen.restored.Load() // counts that order nothing else
	l.Accepted += uint64(n) + erased - restored
	l.Restored += restored
	l.Erased += erased
	return l, int(n)
}
