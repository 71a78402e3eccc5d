package rival

import (
	"sync"

	"github.com/partitioned-buffer/go/benchmarks/workload"
)

// SyncMap is sync.Map with a swap. A writer that stores into a map which the
// flush has already ranged over would lose its write, so writers hold a reader
// lock while they store and the swap takes the writer lock; it is sharded so
// that the readers do not all count on one cache line. Every write allocates
// its record, and its key when it is no pointer.
type SyncMap[K comparable, V any] struct {
	*Flusher
	shards []syncShard[K, V]
	hash   func(K) uint64
	shift  uint
}

type syncShard[K comparable, V any] struct {
	mu   sync.RWMutex
	live *sync.Map // of *record[V]
	_    [128 - 32]byte
}

// NewSyncMap has n shards, a power of two.
func NewSyncMap[K comparable, V any](n int) func(Config[K, V]) Buffer[K, V] {
	return func(c Config[K, V]) Buffer[K, V] {
		m := &SyncMap[K, V]{shards: make([]syncShard[K, V], n), hash: c.Hash, shift: shift(n)}
		for i := range m.shards {
			m.shards[i].live = new(sync.Map)
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

func (m *SyncMap[K, V]) shard(key K) *syncShard[K, V] { return &m.shards[m.hash(key)>>m.shift] }

// Put overwrites the entry of key.
func (m *SyncMap[K, V]) Put(key K, value V) {
	s := m.shard(key)
	r := &record[V]{value: value}
	s.mu.RLock()
	s.live.Store(key, r)
	s.mu.RUnlock()
}

// PutNewer replaces the record by compare-and-swap until it is newer or stale.
func (m *SyncMap[K, V]) PutNewer(key K, value V, version int64) bool {
	s := m.shard(key)
	s.mu.RLock()
	stored := s.putNewer(key, value, version)
	s.mu.RUnlock()
	return stored
}

func (s *syncShard[K, V]) putNewer(key K, value V, version int64) bool {
	old, ok := s.live.Load(key)
	for {
		if !ok {
			old, ok = s.live.LoadOrStore(key, &record[V]{value: value, version: version})
			if !ok {
				return true
			}
		}
		r, newer := old.(*record[V]).newer(value, version)
		if !newer {
			return false
		}
		if s.live.CompareAndSwap(key, old, &r) {
			return true
		}
		old, ok = s.live.Load(key)
	}
}

// Get returns what is buffered for key.
func (m *SyncMap[K, V]) Get(key K) (value V, ok bool) {
	s := m.shard(key)
	s.mu.RLock()
	r, ok := s.live.Load(key)
	s.mu.RUnlock()
	if ok {
		value = r.(*record[V]).value
	}
	return value, ok
}

// Delete forgets the entry of key.
func (m *SyncMap[K, V]) Delete(key K) bool {
	s := m.shard(key)
	s.mu.RLock()
	_, gone := s.live.LoadAndDelete(key)
	s.mu.RUnlock()
	return gone
}

// PutAll puts one by one.
func (m *SyncMap[K, V]) PutAll(keys []K, value V) {
	for _, key := range keys {
		m.Put(key, value)
	}
}

func (s *syncShard[K, V]) drain(out *Batcher[K, V]) {
	fresh := new(sync.Map)
	s.mu.Lock()
	full := s.live
	s.live = fresh
	s.mu.Unlock()
	full.Range(func(key, r any) bool {
		old := r.(*record[V])
		out.Add(Entry[K, V]{Key: key.(K), Value: old.value, Version: old.version, Updates: old.updates})
		return true
	})
}

// Run is the hot loop.
func (m *SyncMap[K, V]) Run(ops *Ops[K, V]) (hits int) {
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
