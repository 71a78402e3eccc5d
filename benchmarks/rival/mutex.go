package rival

import "github.com/partitioned-buffer/go/benchmarks/workload"

// Mutex is the rival to beat: padded shards, each a mutex and two maps that
// are swapped, cleared and used again.
type Mutex[K comparable, V any] struct {
	*Flusher
	shards []mutexShard[K, V]
	hash   func(K) uint64
	shift  uint
}

// NewMutex has n shards, a power of two.
func NewMutex[K comparable, V any](n int) func(Config[K, V]) Buffer[K, V] {
	return func(c Config[K, V]) Buffer[K, V] {
		m := &Mutex[K, V]{shards: newMutexShards[K, V](n), hash: c.Hash, shift: shift(n)}
		out := NewBatcher(c.Sink)
		m.Flusher = StartFlusher(c.Interval, func() {
			for i := range m.shards {
				m.shards[i].drain(out)
			}
			out.End()
		})
		return m
	}
}

func (m *Mutex[K, V]) shard(key K) *mutexShard[K, V] { return &m.shards[m.hash(key)>>m.shift] }

// Put overwrites the entry of key.
func (m *Mutex[K, V]) Put(key K, value V) { m.shard(key).put(key, value) }

// PutNewer overwrites the entry of key by a newer version.
func (m *Mutex[K, V]) PutNewer(key K, value V, version int64) bool {
	return m.shard(key).putNewer(key, value, version)
}

// Get returns what is buffered for key.
func (m *Mutex[K, V]) Get(key K) (V, bool) { return m.shard(key).get(key) }

// Delete forgets the entry of key.
func (m *Mutex[K, V]) Delete(key K) bool { return m.shard(key).delete(key) }

// PutAll takes each shard's lock once for all its keys, or once per key when
// there are fewer keys than shards.
func (m *Mutex[K, V]) PutAll(keys []K, value V) {
	if len(keys) < len(m.shards) {
		for _, key := range keys {
			m.Put(key, value)
		}
		return
	}
	g := groupsPool.Get().(*groups)
	for len(keys) > 0 {
		part := keys[:min(len(keys), groupMax)]
		for i, key := range part {
			g.shard[i] = uint8(m.hash(key) >> m.shift)
		}
		m.putGroups(part, value, g)
		keys = keys[len(part):]
	}
	groupsPool.Put(g)
}

func (m *Mutex[K, V]) putGroups(keys []K, value V, g *groups) {
	g.sort(len(keys), len(m.shards))
	for s := range m.shards {
		if group := g.of(s); len(group) > 0 {
			m.shards[s].putAll(keys, group, value)
		}
	}
}

// Run is the hot loop.
func (m *Mutex[K, V]) Run(ops *Ops[K, V]) (hits int) {
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
