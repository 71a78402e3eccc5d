package rival

import (
	"sync"

	"github.com/partitioned-buffer/go/benchmarks/workload"
)

// RWMutex is Mutex with reader locks: Get and the rejection of a stale version
// share the lock, every write pays for two.
type RWMutex[K comparable, V any] struct {
	*Flusher
	shards []rwShard[K, V]
	hash   func(K) uint64
	shift  uint
}

type rwShard[K comparable, V any] struct {
	mu   sync.RWMutex
	live map[K]record[V]
	free map[K]record[V] // only the flusher touches it
	_    [128 - 40]byte
}

// NewRWMutex has n shards, a power of two.
func NewRWMutex[K comparable, V any](n int) func(Config[K, V]) Buffer[K, V] {
	return func(c Config[K, V]) Buffer[K, V] {
		m := &RWMutex[K, V]{shards: make([]rwShard[K, V], n), hash: c.Hash, shift: shift(n)}
		for i := range m.shards {
			m.shards[i].live = map[K]record[V]{}
			m.shards[i].free = map[K]record[V]{}
		}
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

func (m *RWMutex[K, V]) shard(key K) *rwShard[K, V] { return &m.shards[m.hash(key)>>m.shift] }

// Put overwrites the entry of key.
func (m *RWMutex[K, V]) Put(key K, value V) {
	s := m.shard(key)
	s.mu.Lock()
	s.live[key] = record[V]{value: value}
	s.mu.Unlock()
}

// PutNewer looks under the reader lock first and looks again under the other.
func (m *RWMutex[K, V]) PutNewer(key K, value V, version int64) bool {
	s := m.shard(key)
	s.mu.RLock()
	r, ok := s.live[key]
	s.mu.RUnlock()
	if ok && version <= r.version {
		return false
	}
	s.mu.Lock()
	stored := s.putNewer(key, value, version)
	s.mu.Unlock()
	return stored
}

func (s *rwShard[K, V]) putNewer(key K, value V, version int64) bool {
	r, ok := s.live[key]
	if !ok {
		s.live[key] = record[V]{value: value, version: version}
		return true
	}
	if r, ok = r.newer(value, version); ok {
		s.live[key] = r
	}
	return ok
}

// Get returns what is buffered for key.
func (m *RWMutex[K, V]) Get(key K) (V, bool) {
	s := m.shard(key)
	s.mu.RLock()
	r, ok := s.live[key]
	s.mu.RUnlock()
	return r.value, ok
}

// Delete forgets the entry of key.
func (m *RWMutex[K, V]) Delete(key K) bool {
	s := m.shard(key)
	s.mu.Lock()
	before := len(s.live)
	delete(s.live, key)
	gone := len(s.live) != before
	s.mu.Unlock()
	return gone
}

// PutAll puts one by one.
func (m *RWMutex[K, V]) PutAll(keys []K, value V) {
	for _, key := range keys {
		m.Put(key, value)
	}
}

// Run is the hot loop.
func (m *RWMutex[K, V]) Run(ops *Ops[K, V]) (hits int) {
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

func (s *rwShard[K, V]) drain(out *Batcher[K, V]) {
	s.mu.Lock()
	if len(s.live) == 0 {
		s.mu.Unlock()
		return
	}
	full := s.live
	s.live = s.free
	s.mu.Unlock()
	for key, r := range full {
		out.Add(Entry[K, V]{Key: key, Value: r.value, Version: r.version, Updates: r.updates})
	}
	clear(full)
	s.free = full
}
