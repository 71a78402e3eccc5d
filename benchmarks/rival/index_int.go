package rival

import "github.com/partitioned-buffer/go/benchmarks/workload"

// IntIndex is Index with the hash of integers inlined, as IntMutex has it.
type IntIndex[K Integer, V any] struct{ *Index[K, V] }

// NewIntIndex has n shards, a power of two.
func NewIntIndex[K Integer, V any](n int) func(Config[K, V]) Buffer[K, V] {
	return func(c Config[K, V]) Buffer[K, V] {
		c.Hash = HashInt[K]
		return &IntIndex[K, V]{Index: NewIndex[K, V](n)(c).(*Index[K, V])}
	}
}

func (m *IntIndex[K, V]) shard(key K) *indexShard[K, V] {
	return &m.shards[HashInt(key)>>m.shift]
}

// Put overwrites the entry of key.
func (m *IntIndex[K, V]) Put(key K, value V) { m.shard(key).put(key, value) }

// PutNewer overwrites the entry of key by a newer version.
func (m *IntIndex[K, V]) PutNewer(key K, value V, version int64) bool {
	return m.shard(key).putNewer(key, value, version)
}

// Get returns what is buffered for key.
func (m *IntIndex[K, V]) Get(key K) (V, bool) { return m.shard(key).get(key) }

// Delete forgets the entry of key.
func (m *IntIndex[K, V]) Delete(key K) bool { return m.shard(key).delete(key) }

// Run is the hot loop.
func (m *IntIndex[K, V]) Run(ops *Ops[K, V]) (hits int) {
	for i, key := range ops.Keys {
		s := m.shard(key)
		switch ops.Kinds[i] {
		case workload.Put:
			s.put(key, ops.Value)
		case workload.PutNewer:
			if s.putNewer(key, ops.Value, ops.Version+int64(i)) {
				hits++
			}
		case workload.Get:
			if _, ok := s.get(key); ok {
				hits++
			}
		case workload.Delete:
			if s.delete(key) {
				hits++
			}
		}
	}
	return hits
}
