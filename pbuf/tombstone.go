package pbuf

import (
	"context"
	"fmt"
)

// Delete removes the key from the current generation and reports whether it was there.
// What is in flight is not affected, and comes back if its delivery fails. With
// Options.Tombstones it puts a tombstone instead, key there or not, which replaces what
// is buffered and wins over what comes back, and reports whether that was stored: in a
// full buffer a new key meets OnFull.
func (m *Map[K, V]) Delete(key K) (deleted bool, err error) {
	f, hash := m.locate(key)
	return f.delete(context.Background(), "Delete", hash, key)
}

// DeleteNewer puts a tombstone, as [Map.PutNewer] does a value. It returns an error
// that wraps ErrOptions without Options.Tombstones or with Newer.
func (m *Map[K, V]) DeleteNewer(key K, version int64) (stored bool, err error) {
	f, hash := m.locate(key)
	return f.deleteNewer(context.Background(), "DeleteNewer", hash, key, version)
}

// delete is Delete within the partition; nil is the zero Map's.
func (f *flusher[K, V]) delete(ctx context.Context, method string, hash uint64, key K) (deleted bool, err error) {
	if err := f.check(ctx, method); err != nil {
		return false, err
	}
	if f.m.options.Tombstones {
		w := write[K, V]{hash: hash, entry: Entry[K, V]{Key: key, Deleted: true}}
		return f.write(ctx, &w)
	}
	deleted, open := f.part.Delete(hash, key)
	if !open {
		return false, ErrClosed
	}
	if deleted {
		f.m.waiters.freed(1)
	}
	return deleted, nil
}

// deleteNewer is DeleteNewer within the partition; nil is the zero Map's.
func (f *flusher[K, V]) deleteNewer(ctx context.Context, method string, hash uint64, key K, version int64) (stored bool, err error) {
	if err := f.check(ctx, method); err != nil {
		return false, err
	}
	if !f.m.options.Tombstones {
		return false, fmt.Errorf("%w: %s: Tombstones is false", ErrOptions, method)
	}
	if err := f.m.options.checkVersion(method, version); err != nil {
		return false, err
	}
	w := write[K, V]{hash: hash, entry: Entry[K, V]{Key: key, Version: version, Deleted: true}, kind: versioned}
	return f.write(ctx, &w)
}
