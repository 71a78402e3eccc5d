package shard

// Running is Ledger with what the current generation can tell without having
// been asked to count: its live entries, and those erased and restored. Its
// overwrites count once it is retired. Each number is read once, so the sum of
// Ledger's doc, with live among the entries, holds beside any operation, if
// the caller keeps out Retire, Stop and Restore.
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
