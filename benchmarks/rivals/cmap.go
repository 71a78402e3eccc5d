package rivals

import (
	cmap "github.com/orcaman/concurrent-map/v2"

	"github.com/partitioned-buffer/go/benchmarks/rival"
	"github.com/partitioned-buffer/go/benchmarks/workload"
)

// CMap is a buffer over orcaman's concurrent-map v2: 32 maps, each behind an
// RWMutex. It has no swap, and none can be built outside of it without a lock
// around every write, so a flush lists the keys and removes them one by one,
// taking what each holds at that moment. Nothing is lost; every flushed entry
// costs a lock and the map deletes instead of clearing.
type CMap[K comparable, V any] struct {
	*rival.Flusher
	m cmap.ConcurrentMap[K, record[V]]
}

// NewCMap makes one.
func NewCMap[K comparable, V any](c rival.Config[K, V]) rival.Buffer[K, V] {
	m := &CMap[K, V]{m: cmap.NewWithCustomShardingFunction[K, record[V]](func(key K) uint32 {
		return uint32(c.Hash(key) >> 32)
	})}
	out := rival.NewBatcher(c.Sink)
	m.Flusher = rival.StartFlusher(c.Interval, func() {
		for _, key := range m.m.Keys() {
			if r, ok := m.m.Pop(key); ok {
				out.Add(entry(key, r))
			}
		}
		out.End()
	})
	return m
}

// Put overwrites the entry of key.
func (m *CMap[K, V]) Put(key K, value V) { m.m.Set(key, record[V]{value: value}) }

// PutNewer looks under the reader lock first and decides under the other.
func (m *CMap[K, V]) PutNewer(key K, value V, version int64) (stored bool) {
	if r, ok := m.m.Get(key); ok && version <= r.version {
		return false
	}
	m.m.Upsert(key, record[V]{}, func(exists bool, old, _ record[V]) (r record[V]) {
		r, stored = old.newer(exists, value, version)
		return r
	})
	return stored
}

// Get returns what is buffered for key.
func (m *CMap[K, V]) Get(key K) (V, bool) {
	r, ok := m.m.Get(key)
	return r.value, ok
}

// Delete forgets the entry of key.
func (m *CMap[K, V]) Delete(key K) bool {
	_, gone := m.m.Pop(key)
	return gone
}

// PutAll puts one by one: MSet does the same and wants a Go map.
func (m *CMap[K, V]) PutAll(keys []K, value V) {
	for _, key := range keys {
		m.Put(key, value)
	}
}

// Run is the hot loop.
func (m *CMap[K, V]) Run(ops *rival.Ops[K, V]) (hits int) {
	for i, key := range ops.Keys {
		switch ops.Kinds[i] {
		case workload.Put:
			m.Put(key, ops.Value)
		case workload.PutNewer:
			if m.PutNewer(key, ops.Value, ops.Version+int64(i)) {
				hits++
			}
		case workload.Get:
			if _, ok := m.Get(key); ok {
				hits++
			}
		case workload.Delete:
			if m.Delete(key) {
				hits++
			}
		}
	}
	return hits
}
