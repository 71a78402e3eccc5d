package pbuf

import (
	"context"
	"iter"

	"github.com/partitioned-buffer/go/internal/shard"
)

// Routed is a [Map] whose calls go to one partition, whatever their key. Its methods
// are the Map's of the same names. It is a value: making and using one allocates
// nothing (but Go may box a partition key for a Map whose keys are of an interface
// type). The zero Routed is like the zero Map.
type Routed[K comparable, V any] struct {
	f      *flusher[K, V]
	direct *flusher[K, V] // f, or nil where writes take the slow path
}

// Route pins calls to the partition of a key equal to partitionKey. Integers of all
// types route alike by value, strings by content, and with Options.PartitionBy a key of
// the Map's key type as that says. Calls for a key must agree on it: written through
// two, it is two entries, in no order.
func Route[P comparable, K comparable, V any](m *Map[K, V], partitionKey P) Routed[K, V] {
	if len(m.flushers) == 0 {
		return Routed[K, V]{}
	}
	// A key of the Map's own type goes its own way: PartitionBy's, or, where only
	// one of K and P is an interface, that of the other's hash.
	if key, ok := any(partitionKey).(K); ok {
		f, _ := m.locate(key)
		return m.routed(f)
	}
	h := shard.NewHasher[P](m.seed)
	return m.routed(m.pick(h.Hash(partitionKey)))
}

func (m *Map[K, V]) routed(f *flusher[K, V]) Routed[K, V] {
	if len(m.direct) == 0 {
		return Routed[K, V]{f: f}
	}
	return Routed[K, V]{f: f, direct: f}
}

// hash is the key's; of the zero Routed, any.
func (r Routed[K, V]) hash(key K) uint64 {
	if r.f == nil {
		return 0
	}
	return r.f.m.hasher.Hash(key)
}

func (r Routed[K, V]) Put(key K, value V) error {
	if r.direct == nil {
		return r.putSlow(key, value)
	}
	hash := r.hash(key)
	status, live := r.direct.part.Put(hash, key, value)
	if status == shard.Overwrote {
		return nil
	}
	return r.direct.wrote(status, live, hash, key, value)
}

func (r Routed[K, V]) putSlow(key K, value V) error {
	if r.f == nil {
		return ErrClosed
	}
	_, err := r.f.putSlow(context.Background(), r.hash(key), key, value)
	return err
}

func (r Routed[K, V]) PutAll(entries iter.Seq2[K, V]) (stored int, err error) {
	if r.f == nil {
		return 0, ErrClosed
	}
	if entries == nil {
		return 0, argumentError("PutAll", "sequence")
	}
	for key, value := range entries {
		if err := r.Put(key, value); err != nil {
			return stored, err
		}
		stored++
	}
	return stored, nil
}

func (r Routed[K, V]) PutNewer(key K, value V, version int64) (stored bool, err error) {
	switch {
	case r.direct != nil:
		return r.direct.putNewer(r.hash(key), key, value, version)
	case r.f == nil:
		return false, ErrClosed
	default:
		return r.f.putNewerSlow(context.Background(), "PutNewer", r.hash(key), key, value, version)
	}
}

func (r Routed[K, V]) PutAllNewer(entries iter.Seq[Versioned[K, V]]) (stored int, err error) {
	if r.f == nil {
		return 0, ErrClosed
	}
	if entries == nil {
		return 0, argumentError("PutAllNewer", "sequence")
	}
	for e := range entries {
		ok, err := r.PutNewer(e.Key, e.Value, e.Version)
		if err != nil {
			return stored, err
		}
		if ok {
			stored++
		}
	}
	return stored, nil
}

func (r Routed[K, V]) PutIfNewer(key K, value V) (stored bool, err error) {
	return r.f.putIfNewer(context.Background(), "PutIfNewer", r.hash(key), key, value)
}

func (r Routed[K, V]) Get(key K) (value V, ok bool) {
	if r.f == nil {
		return value, false
	}
	return r.f.part.Get(r.hash(key), key)
}

func (r Routed[K, V]) Delete(key K) (deleted bool, err error) {
	return r.f.delete(context.Background(), "Delete", r.hash(key), key)
}

func (r Routed[K, V]) DeleteNewer(key K, version int64) (stored bool, err error) {
	return r.f.deleteNewer(context.Background(), "DeleteNewer", r.hash(key), key, version)
}

func (r Routed[K, V]) Lookup(key K) (entry Entry[K, V], place Place) { return r.f.lookup(key) }
