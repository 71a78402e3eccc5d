package rivals

import (
	"github.com/puzpuzpuz/xsync/v4"

	"github.com/partitioned-buffer/go/benchmarks/rival"
	"github.com/partitioned-buffer/go/benchmarks/workload"
)

// XSync4Raw is xsync v4's Map and nothing else: no versions and no flush.
type XSync4Raw[K comparable, V any] struct{ m *xsync.Map[K, V] }

// NewXSync4Raw makes one.
func NewXSync4Raw[K comparable, V any](rival.Config[K, V]) rival.Buffer[K, V] {
	return &XSync4Raw[K, V]{m: xsync.NewMap[K, V]()}
}

// Put stores.
func (m *XSync4Raw[K, V]) Put(key K, value V) { m.m.Store(key, value) }

// PutNewer does not look at the version.
func (m *XSync4Raw[K, V]) PutNewer(key K, value V, _ int64) bool {
	m.m.Store(key, value)
	return true
}

// Get loads.
func (m *XSync4Raw[K, V]) Get(key K) (V, bool) { return m.m.Load(key) }

// Delete deletes.
func (m *XSync4Raw[K, V]) Delete(key K) bool {
	_, gone := m.m.LoadAndDelete(key)
	return gone
}

// PutAll stores one by one.
func (m *XSync4Raw[K, V]) PutAll(keys []K, value V) {
	for _, key := range keys {
		m.m.Store(key, value)
	}
}

// Flush does nothing.
func (m *XSync4Raw[K, V]) Flush() {}

// Close does nothing.
func (m *XSync4Raw[K, V]) Close() {}

// Run is the hot loop.
func (m *XSync4Raw[K, V]) Run(ops *rival.Ops[K, V]) (hits int) {
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
