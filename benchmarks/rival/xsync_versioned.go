package rival

import (
	"github.com/puzpuzpuz/xsync/v3"

	"github.com/partitioned-buffer/go/benchmarks/workload"
)

// XSyncVersioned keeps records in xsync v3's MapOf, so that PutNewer can
// compare inside Compute. It never flushes either.
type XSyncVersioned[K comparable, V any] struct{ m *xsync.MapOf[K, record[V]] }

// NewXSyncVersioned makes one.
func NewXSyncVersioned[K comparable, V any](Config[K, V]) Buffer[K, V] {
	return &XSyncVersioned[K, V]{m: xsync.NewMapOf[K, record[V]]()}
}

// Put stores.
func (m *XSyncVersioned[K, V]) Put(key K, value V) { m.m.Store(key, record[V]{value: value}) }

// PutNewer rejects a stale version without a lock and decides the rest under
// the bucket's.
func (m *XSyncVersioned[K, V]) PutNewer(key K, value V, version int64) (stored bool) {
	if r, ok := m.m.Load(key); ok && version <= r.version {
		return false
	}
	m.m.Compute(key, func(old record[V], loaded bool) (record[V], bool) {
		if !loaded {
			stored = true
			return record[V]{value: value, version: version}, false
		}
		var r record[V]
		r, stored = old.newer(value, version)
		return r, false
	})
	return stored
}

// Get loads.
func (m *XSyncVersioned[K, V]) Get(key K) (V, bool) {
	r, ok := m.m.Load(key)
	return r.value, ok
}

// Delete deletes.
func (m *XSyncVersioned[K, V]) Delete(key K) bool {
	_, gone := m.m.LoadAndDelete(key)
	return gone
}

// PutAll stores one by one.
func (m *XSyncVersioned[K, V]) PutAll(keys []K, value V) {
	for _, key := range keys {
		m.Put(key, value)
	}
}

// Flush does nothing.
func (m *XSyncVersioned[K, V]) Flush() {}

// Close does nothing.
func (m *XSyncVersioned[K, V]) Close() {}

// Run is the hot loop.
func (m *XSyncVersioned[K, V]) Run(ops *Ops[K, V]) (hits int) {
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
