package rival

import (
	"github.com/puzpuzpuz/xsync/v3"

	"github.com/partitioned-buffer/go/benchmarks/workload"
)

// XSync is xsync v3's MapOf and nothing else: no version, no flush, nothing
// ever leaves it. It is the floor of an index of this kind, not a buffer.
type XSync[K comparable, V any] struct{ m *xsync.MapOf[K, V] }

// NewXSync makes one.
func NewXSync[K comparable, V any](Config[K, V]) Buffer[K, V] {
	return &XSync[K, V]{m: xsync.NewMapOf[K, V]()}
}

// Put stores.
func (m *XSync[K, V]) Put(key K, value V) { m.m.Store(key, value) }

// PutNewer does not look at the version: see XSyncVersioned.
func (m *XSync[K, V]) PutNewer(key K, value V, _ int64) bool {
	m.m.Store(key, value)
	return true
}

// Get loads.
func (m *XSync[K, V]) Get(key K) (V, bool) { return m.m.Load(key) }

// Delete deletes.
func (m *XSync[K, V]) Delete(key K) bool {
	_, gone := m.m.LoadAndDelete(key)
	return gone
}

// PutAll stores one by one.
func (m *XSync[K, V]) PutAll(keys []K, value V) {
	for _, key := range keys {
		m.m.Store(key, value)
	}
}

// Flush does nothing: there is no way to take all entries out at once.
func (m *XSync[K, V]) Flush() {}

// Close does nothing.
func (m *XSync[K, V]) Close() {}

// Run is the hot loop.
func (m *XSync[K, V]) Run(ops *Ops[K, V]) (hits int) {
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
