package reference

import (
	"sync"

	"github.com/partitioned-buffer/go/pbuf"
)

// Entry is what both sides deliver.
type Entry[K comparable, V any] = pbuf.Entry[K, V]

// Partition is one partition: what is buffered, and what is in flight. Its
// methods may be called from any goroutine.
type Partition[K comparable, V any] struct {
	mu      sync.Mutex
	current map[K]Entry[K, V]
	flight  map[K]Entry[K, V]
	memory  map[K]int64 // versions that were delivered; nil: none are remembered

	// Resets says that values note what tombstones came before them: with
	// Options.Merge or Options.Newer. Set before use.
	Resets bool
}

// New returns n empty partitions.
func New[K comparable, V any](n int) []*Partition[K, V] {
	all := make([]*Partition[K, V], n)
	for i := range all {
		all[i] = &Partition[K, V]{current: map[K]Entry[K, V]{}}
	}
	return all
}

// Put is pbuf's.
func (p *Partition[K, V]) Put(key K, value V) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.set(Entry[K, V]{Key: key, Value: value})
}

// set writes over what is buffered, if anything is.
func (p *Partition[K, V]) set(e Entry[K, V]) {
	if old := p.current[e.Key]; p.Resets && !e.Deleted {
		e.Reset = e.Reset || old.Deleted || old.Reset
	}
	p.current[e.Key] = e
}

// PutNewer is pbuf's.
func (p *Partition[K, V]) PutNewer(key K, value V, version int64) (stored bool) {
	return p.newer(Entry[K, V]{Key: key, Value: value, Version: version})
}

func (p *Partition[K, V]) newer(e Entry[K, V]) (stored bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if old, ok := p.current[e.Key]; ok {
		if old.Version >= e.Version {
			return false
		}
		e.Updates = old.Updates + 1
	} else if old, ok := p.flight[e.Key]; ok && old.Version >= e.Version {
		return false
	} else if version, ok := p.memory[e.Key]; ok && version >= e.Version {
		return false
	}
	p.set(e)
	return true
}

// Get is pbuf's.
func (p *Partition[K, V]) Get(key K) (V, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e, ok := p.current[key]
	return e.Value, ok && !e.Deleted
}

// Delete is pbuf's.
func (p *Partition[K, V]) Delete(key K) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, ok := p.current[key]
	delete(p.current, key)
	return ok
}

// Size is the number of entries that are buffered.
func (p *Partition[K, V]) Size() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.current)
}

// Retire puts what is buffered in flight and returns it; the caller may take
// entries out of its copy.
func (p *Partition[K, V]) Retire() map[K]Entry[K, V] {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.flight, p.current = p.current, map[K]Entry[K, V]{}
	handed := make(map[K]Entry[K, V], len(p.flight))
	for k, e := range p.flight {
		handed[k] = e
	}
	return handed
}

// Release ends the flight.
func (p *Partition[K, V]) Release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.flight = nil
}
