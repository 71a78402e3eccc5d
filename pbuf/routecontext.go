package pbuf

import (
	"context"
	"iter"
)

func (r Routed[K, V]) PutContext(ctx context.Context, key K, value V) error {
	return r.f.putContext(ctx, r.hash(key), key, value)
}

func (r Routed[K, V]) PutNewerContext(ctx context.Context, key K, value V, version int64) (stored bool, err error) {
	return r.f.putNewerContext(ctx, r.hash(key), key, value, version)
}

func (r Routed[K, V]) PutIfNewerContext(ctx context.Context, key K, value V) (stored bool, err error) {
	return r.f.putIfNewer(ctx, "PutIfNewerContext", r.hash(key), key, value)
}

func (r Routed[K, V]) PutAllContext(ctx context.Context, entries iter.Seq2[K, V]) (stored int, err error) {
	if err := r.f.checkSequence(ctx, "PutAllContext", entries == nil); err != nil {
		return 0, err
	}
	for key, value := range entries {
		if err := r.PutContext(ctx, key, value); err != nil {
			return stored, err
		}
		stored++
	}
	return stored, nil
}

func (r Routed[K, V]) PutAllNewerContext(ctx context.Context, entries iter.Seq[Versioned[K, V]]) (stored int, err error) {
	if err := r.f.checkSequence(ctx, "PutAllNewerContext", entries == nil); err != nil {
		return 0, err
	}
	for e := range entries {
		ok, err := r.PutNewerContext(ctx, e.Key, e.Value, e.Version)
		if err != nil {
			return stored, err
		}
		if ok {
			stored++
		}
	}
	return stored, nil
}

func (r Routed[K, V]) DeleteContext(ctx context.Context, key K) (deleted bool, err error) {
	return r.f.delete(ctx, "DeleteContext", r.hash(key), key)
}

func (r Routed[K, V]) DeleteNewerContext(ctx context.Context, key K, version int64) (stored bool, err error) {
	return r.f.deleteNewer(ctx, "DeleteNewerContext", r.hash(key), key, version)
}
