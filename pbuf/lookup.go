package pbuf

import (
	"iter"

	"github.com/partitioned-buffer/go/internal/shard"
)

// Place says where [Map.Lookup] found a key.
type Place uint8

const (
	Absent   Place = iota // nowhere in the buffer
	Buffered              // in the current generation, where Get looks
	InFlight              // in a generation that is being delivered
)

// Lookup finds the key's newest entry, tombstones too, until it is delivered: buffered,
// or else in flight, when its value must not be changed.
func (m *Map[K, V]) Lookup(key K) (entry Entry[K, V], place Place) {
	f, _ := m.locate(key)
	return f.lookup(key)
}

func (f *flusher[K, V]) lookup(key K) (entry Entry[K, V], place Place) {
	if f == nil {
		return entry, Absent
	}
	i, inFlight, ok := f.part.Lookup(key)
	switch {
	case !ok:
		return entry, Absent
	case inFlight:
		return Entry[K, V](i), InFlight
	default:
		return Entry[K, V](i), Buffered
	}
}

// All walks the entries of the current generations, tombstones included. An entry that
// stays throughout is seen once; one that is written, deleted or flushed meanwhile may
// or may not be seen. Nothing waits for the walk, and the loop may call the Map.
func (m *Map[K, V]) All() iter.Seq[Entry[K, V]] {
	return func(yield func(Entry[K, V]) bool) {
		for _, f := range m.flushers {
			if !f.part.Walk(func(i shard.Item[K, V]) bool { return yield(Entry[K, V](i)) }) {
				return
			}
		}
	}
}
