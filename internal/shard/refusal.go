package shard

// Refusal says how a write ends for which the caller has no room, of a key that
// the current generation lacks: Closed or Stale if room would not have helped,
// else Full. A version below MinVersion is a plain write. The caller keeps out
// Retire and Stop.
func (p *Partition[K, V]) Refusal(key K, version int64) Status {
	g := p.current.Load() // written by Retire and Stop alone, which the caller keeps out
	switch {
	case g == nil:
		return Closed
	case version >= MinVersion && p.newerInFlight(g, p.hashOf(key), key, wordOf(version)):
		return Stale
	default:
		return Full
	}
}
