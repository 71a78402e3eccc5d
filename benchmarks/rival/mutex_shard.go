package rival

import "sync"

// mutexShard is a mutex, a map, and the map that the last flush emptied, kept
// for the next swap: nothing is allocated or cleared under the lock. The
// padding keeps two shards' locks off one cache line and its neighbour.
type mutexShard[K comparable, V any] struct {
	mu   sync.Mutex
	live map[K]record[V]
	free map[K]record[V] // only the flusher touches it
	_    [128 - 24]byte
}

func (s *mutexShard[K, V]) put(key K, value V) {
	s.mu.Lock()
	s.live[key] = record[V]{value: value}
	s.mu.Unlock()
}

func (s *mutexShard[K, V]) putAll(keys []K, group []uint16, value V) {
	s.mu.Lock()
	for _, i := range group {
		s.live[keys[i]] = record[V]{value: value}
	}
	s.mu.Unlock()
}

func (s *mutexShard[K, V]) putNewer(key K, value V, version int64) bool {
	s.mu.Lock()
	r, ok := s.live[key]
	if !ok {
		r, ok = record[V]{value: value, version: version}, true
	} else {
		r, ok = r.newer(value, version)
	}
	if ok {
		s.live[key] = r
	}
	s.mu.Unlock()
	return ok
}

func (s *mutexShard[K, V]) get(key K) (V, bool) {
	s.mu.Lock()
	r, ok := s.live[key]
	s.mu.Unlock()
	return r.value, ok
}

func (s *mutexShard[K, V]) delete(key K) bool {
	s.mu.Lock()
	before := len(s.live)
	delete(s.live, key)
	gone := len(s.live) != before
	s.mu.Unlock()
	return gone
}

// drain swaps the maps and hands over the full one outside the lock.
func (s *mutexShard[K, V]) drain(out *Batcher[K, V]) {
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

func newMutexShards[K comparable, V any](n int) []mutexShard[K, V] {
	shards := make([]mutexShard[K, V], n)
	for i := range shards {
		shards[i].live = map[K]record[V]{}
		shards[i].free = map[K]record[V]{}
	}
	return shards
}
