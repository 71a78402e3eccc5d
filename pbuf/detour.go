package pbuf

import (
	"context"

	"github.com/partitioned-buffer/go/internal/shard"
)

// Some options ask for another way of writing. It begins where a write finds no
// partition to go to directly, which it must look for in any case (the zero Map
// has none): buffers without these options do not pay for them. It is also the
// way of a write that has found the buffer full.

func (o *Options[K, V]) detours() bool { return o.Merge != nil || o.OnFull == DropOldest }

func (m *Map[K, V]) detour(key K, value V) error {
	f, hash := m.locate(key)
	if f == nil {
		return ErrClosed
	}
	return f.putContext(context.Background(), hash, key, value)
}

func (m *Map[K, V]) detourNewer(key K, value V, version int64) (stored bool, err error) {
	f, hash := m.locate(key)
	if f == nil {
		return false, ErrClosed
	}
	return f.putNewerContext(context.Background(), hash, key, value, version)
}

// putContext is Put by any way.
func (f *flusher[K, V]) putContext(ctx context.Context, hash uint64, key K, value V) error {
	try := func() (shard.Status, uint32) { return f.part.Put(hash, key, value) }
	if merge := f.m.options.Merge; merge != nil {
		try = func() (shard.Status, uint32) {
			return f.part.Merge(key, value, func(old, value V) V { return merge(key, old, value) })
		}
	}
	_, err := f.stored(ctx, key, try)
	return err
}

// putNewerContext is PutNewer by any way.
func (f *flusher[K, V]) putNewerContext(ctx context.Context, hash uint64, key K, value V, version int64) (stored bool, err error) {
	if version < MinVersion {
		return false, versionError(version)
	}
	return f.stored(ctx, key, func() (shard.Status, uint32) { return f.part.PutNewer(hash, key, value, version) })
}

// stored runs a write and, if the buffer is full, what OnFull says.
func (f *flusher[K, V]) stored(ctx context.Context, key K, try func() (shard.Status, uint32)) (stored bool, err error) {
	status, live := try()
	if status == shard.Full {
		status, err = f.full(ctx, key, try)
	} else {
		status, err = f.admitted(key, status, live)
	}
	return err == nil && (status == shard.Inserted || status == shard.Overwrote), err
}
