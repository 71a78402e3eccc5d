package rivals

import (
	"github.com/puzpuzpuz/xsync/v4"

	"github.com/partitioned-buffer/go/benchmarks/rival"
	"github.com/partitioned-buffer/go/benchmarks/workload"
)

// XSync4 is a buffer over xsync v4's Map: PutNewer decides inside Compute, and
// a flush empties the map bucket by bucket with DeleteMatching, which takes
// each entry exactly once. A flush is not one moment, as a swap is: writes
// beside it may end in this one or the next.
type XSync4[K comparable, V any] struct {
	*rival.Flusher
	m *xsync.Map[K, record[V]]
}

// NewXSync4 makes one.
func NewXSync4[K comparable, V any](c rival.Config[K, V]) rival.Buffer[K, V] {
	m := &XSync4[K, V]{m: xsync.NewMap[K, record[V]]()}
	out := rival.NewBatcher(c.Sink)
	var taken []rival.Entry[K, V]
	m.Flusher = rival.StartFlusher(c.Interval, func() {
		m.m.DeleteMatching(func(key K, r record[V]) (remove, stop bool) {
			taken = append(taken, entry(key, r)) // under the bucket's lock: no sink here
			return true, false
		})
		out.Slices(taken)
		clear(taken)
		taken = taken[:0]
	})
	return m
}

// Put overwrites the entry of key.
func (m *XSync4[K, V]) Put(key K, value V) { m.m.Store(key, record[V]{value: value}) }

// PutNewer rejects a stale version without a lock and decides the rest under
// the bucket's.
func (m *XSync4[K, V]) PutNewer(key K, value V, version int64) (stored bool) {
	if r, ok := m.m.Load(key); ok && version <= r.version {
		return false
	}
	m.m.Compute(key, func(old record[V], loaded bool) (r record[V], op xsync.ComputeOp) {
		if r, stored = old.newer(loaded, value, version); !stored {
			return old, xsync.CancelOp
		}
		return r, xsync.UpdateOp
	})
	return stored
}

// Get returns what is buffered for key.
func (m *XSync4[K, V]) Get(key K) (V, bool) {
	r, ok := m.m.Load(key)
	return r.value, ok
}

// Delete forgets the entry of key.
func (m *XSync4[K, V]) Delete(key K) bool {
	_, gone := m.m.LoadAndDelete(key)
	return gone
}

// PutAll puts one by one: there is no batch.
func (m *XSync4[K, V]) PutAll(keys []K, value V) {
	for _, key := range keys {
		m.Put(key, value)
	}
}

// Run is the hot loop.
func (m *XSync4[K, V]) Run(ops *rival.Ops[K, V]) (hits int) {
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
