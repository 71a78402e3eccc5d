package shard

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
