package reference

import "maps"

// What a buffer with failed deliveries and Options.Merge, Tombstones and
// VersionMemory does beyond the plain one.

// Merge is Put with Options.Merge.
func (p *Partition[K, V]) Merge(key K, value V, merge func(old, value V) V) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if old, ok := p.current[key]; ok && !old.Deleted {
		value = merge(old.Value, value)
	}
	p.set(Entry[K, V]{Key: key, Value: value})
}

// PutIfNewer is Put with Options.Newer.
func (p *Partition[K, V]) PutIfNewer(key K, value V, newer func(old, value V) bool) (stored bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	old, ok := p.current[key]
	if !ok {
		old, ok = p.flight[key]
	}
	if ok && !old.Deleted && !newer(old.Value, value) {
		return false
	}
	p.set(Entry[K, V]{Key: key, Value: value})
	return true
}

// Bury is Delete with Options.Tombstones.
func (p *Partition[K, V]) Bury(key K) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.current[key] = Entry[K, V]{Key: key, Deleted: true}
}

// BuryNewer is DeleteNewer.
func (p *Partition[K, V]) BuryNewer(key K, version int64) (stored bool) {
	return p.newer(Entry[K, V]{Key: key, Version: version, Deleted: true})
}

// Lookup is pbuf's.
func (p *Partition[K, V]) Lookup(key K) (e Entry[K, V], inFlight, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e, ok = p.current[key]; ok {
		return e, false, true
	}
	e, ok = p.flight[key]
	return e, ok, ok
}

// All is a copy of what is buffered.
func (p *Partition[K, V]) All() map[K]Entry[K, V] {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.current)
}

// Remember notes the version that was delivered last.
func (p *Partition[K, V]) Remember(key K, version int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.memory == nil {
		p.memory = map[K]int64{}
	}
	p.memory[key] = version
}

// Restore puts an entry back whose delivery failed, and reports whether it is in
// the buffer then; merge is Options.Merge or nil.
func (p *Partition[K, V]) Restore(e Entry[K, V], merge func(old, value V) V) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now, ok := p.current[e.Key]
	switch {
	case !ok:
		p.current[e.Key] = e
	case now.Deleted || now.Reset:
		return false
	case merge != nil && e.Version == 0 && now.Version == 0 && !e.Deleted:
		p.current[e.Key] = Entry[K, V]{Key: e.Key, Value: merge(e.Value, now.Value), Reset: e.Reset}
	case p.Resets && (e.Deleted || e.Reset):
		now.Reset = true
		p.current[e.Key] = now
	default:
		return false
	}
	return true
}

// Forget takes a key out as if it had never been written.
func (p *Partition[K, V]) Forget(key K) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.current, key)
}
