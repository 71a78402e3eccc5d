package shard

// Restore puts an entry back whose delivery failed, under the rule that what
// was written since is newer: an absent key gets it back with its version,
// updates and attempts (Inserted), a buffered one keeps what it has (Stale).
// Versions need no look: while the entry was in flight, nothing older than it
// was accepted (G4). Closed: the partition is stopped and the entry is the
// caller's. What it holds of the limit stays taken only if it was Inserted; size
// is what it holds of a bound on sizes.
//
// The flusher calls it before Release, so that there is no moment in which the
// version is neither in flight nor current.
func (p *Partition[K, V]) Restore(i Item[K, V], size int64) (status Status, live uint32) {
	m := metaOf(&i) | restored | p.kinds
	return p.write(p.hash(i.Key), i.Key, i.Value, wordOf(i.Version), void, m, size)
}
