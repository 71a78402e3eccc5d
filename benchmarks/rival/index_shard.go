package rival

import "sync"

// indexShard keeps its entries in a slice and in the map only where they are:
// a newer version is one lookup instead of two, and a flush hands over the
// slice as it is. An overwrite touches one cache line more.
type indexShard[K comparable, V any] struct {
	mu   sync.Mutex
	live indexed[K, V]
	free indexed[K, V] // only the flusher touches it
	_    [128 - 72]byte
}

type indexed[K comparable, V any] struct {
	at      map[K]int32
	entries []Entry[K, V]
}

func (s *indexShard[K, V]) put(key K, value V) {
	s.mu.Lock()
	s.live.put(key, value)
	s.mu.Unlock()
}

func (s *indexShard[K, V]) putAll(keys []K, group []uint16, value V) {
	s.mu.Lock()
	for _, i := range group {
		s.live.put(keys[i], value)
	}
	s.mu.Unlock()
}

func (t *indexed[K, V]) put(key K, value V) {
	if i, ok := t.at[key]; ok {
		e := &t.entries[i]
		e.Value, e.Version, e.Updates = value, 0, 0
		return
	}
	t.at[key] = int32(len(t.entries))
	t.entries = append(t.entries, Entry[K, V]{Key: key, Value: value})
}

func (s *indexShard[K, V]) putNewer(key K, value V, version int64) bool {
	s.mu.Lock()
	stored := s.live.putNewer(key, value, version)
	s.mu.Unlock()
	return stored
}

func (t *indexed[K, V]) putNewer(key K, value V, version int64) bool {
	i, ok := t.at[key]
	if !ok {
		t.at[key] = int32(len(t.entries))
		t.entries = append(t.entries, Entry[K, V]{Key: key, Value: value, Version: version})
		return true
	}
	e := &t.entries[i]
	if version <= e.Version {
		return false
	}
	e.Value, e.Version, e.Updates = value, version, e.Updates+1
	return true
}

func (s *indexShard[K, V]) get(key K) (value V, ok bool) {
	s.mu.Lock()
	i, ok := s.live.at[key]
	if ok {
		value = s.live.entries[i].Value
	}
	s.mu.Unlock()
	return value, ok
}

func (s *indexShard[K, V]) delete(key K) bool {
	s.mu.Lock()
	gone := s.live.delete(key)
	s.mu.Unlock()
	return gone
}

// delete moves the last entry into the hole, so that the slice stays dense.
func (t *indexed[K, V]) delete(key K) bool {
	i, ok := t.at[key]
	if !ok {
		return false
	}
	last := len(t.entries) - 1
	if int(i) != last {
		t.entries[i] = t.entries[last]
		t.at[t.entries[i].Key] = i
	}
	clear(t.entries[last:])
	t.entries = t.entries[:last]
	delete(t.at, key)
	return true
}

// drain swaps the tables and hands over the full one outside the lock.
func (s *indexShard[K, V]) drain(out *Batcher[K, V]) {
	s.mu.Lock()
	if len(s.live.entries) == 0 {
		s.mu.Unlock()
		return
	}
	full := s.live
	s.live = s.free
	s.mu.Unlock()
	out.Slices(full.entries)
	clear(full.at)
	clear(full.entries)
	full.entries = full.entries[:0]
	s.free = full
}

func newIndexShards[K comparable, V any](n int) []indexShard[K, V] {
	shards := make([]indexShard[K, V], n)
	for i := range shards {
		shards[i].live.at = map[K]int32{}
		shards[i].free.at = map[K]int32{}
	}
	return shards
}
