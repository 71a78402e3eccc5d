package pbuf

import (
	"iter"

	"github.com/partitioned-buffer/go/internal/shard"
)

// Table is a whole drained generation of one partition: read-only, safe for any number
// of goroutines, and valid for as long as it is kept.
type Table[K comparable, V any] struct {
	retired *shard.Retired[K, V]
}

// Len returns how many entries the table has, in constant time.
func (t *Table[K, V]) Len() int { return t.retired.Len() }

// All yields the entries in no particular order.
func (t *Table[K, V]) All() iter.Seq[Entry[K, V]] {
	return func(yield func(Entry[K, V]) bool) {
		c := t.retired.Cursor()
		for s, version := c.Next(); s != nil; s, version = c.Next() {
			if !yield(Entry[K, V](s.Item(version))) {
				return
			}
		}
	}
}

// Get returns the key's entry, in constant time.
func (t *Table[K, V]) Get(key K) (entry Entry[K, V], ok bool) {
	s, version := t.retired.Get(key)
	if s == nil {
		return entry, false
	}
	return Entry[K, V](s.Item(version)), true
}
