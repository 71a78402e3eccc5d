package rivals

import (
	"github.com/maypok86/otter/v2"

	"github.com/partitioned-buffer/go/benchmarks/rival"
	"github.com/partitioned-buffer/go/benchmarks/workload"
)

// Otter is a buffer over otter v2, an in-process cache, without a bound: with
// one it would evict entries, and a buffer must deliver them. It cannot hand
// over all entries at one moment, so a flush lists the keys and invalidates
// them one by one, taking what each held. A cache does more than this job asks
// for, and is not made for entries that all leave every few milliseconds.
type Otter[K comparable, V any] struct {
	*rival.Flusher
	m *otter.Cache[K, record[V]]
}

// NewOtter makes one.
func NewOtter[K comparable, V any](c rival.Config[K, V]) rival.Buffer[K, V] {
	m := &Otter[K, V]{m: otter.Must(&otter.Options[K, record[V]]{})}
	out := rival.NewBatcher(c.Sink)
	m.Flusher = rival.StartFlusher(c.Interval, func() {
		for key := range m.m.Keys() {
			if r, ok := m.m.Invalidate(key); ok {
				out.Add(entry(key, r))
			}
		}
		out.End()
	})
	return m
}

// Put overwrites the entry of key.
func (m *Otter[K, V]) Put(key K, value V) { m.m.Set(key, record[V]{value: value}) }

// PutNewer looks without a lock first and decides inside Compute.
func (m *Otter[K, V]) PutNewer(key K, value V, version int64) (stored bool) {
	if r, ok := m.m.GetIfPresent(key); ok && version <= r.version {
		return false
	}
	m.m.Compute(key, func(old record[V], found bool) (r record[V], op otter.ComputeOp) {
		if r, stored = old.newer(found, value, version); !stored {
			return old, otter.CancelOp
		}
		return r, otter.WriteOp
	})
	return stored
}

// Get returns what is buffered for key.
func (m *Otter[K, V]) Get(key K) (V, bool) {
	r, ok := m.m.GetIfPresent(key)
	return r.value, ok
}

// Delete forgets the entry of key.
func (m *Otter[K, V]) Delete(key K) bool {
	_, gone := m.m.Invalidate(key)
	return gone
}

// PutAll puts one by one: there is no batch.
func (m *Otter[K, V]) PutAll(keys []K, value V) {
	for _, key := range keys {
		m.Put(key, value)
	}
}

// Run is the hot loop.
func (m *Otter[K, V]) Run(ops *rival.Ops[K, V]) (hits int) {
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
