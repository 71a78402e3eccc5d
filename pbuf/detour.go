package pbuf

import (
	"context"

	"github.com/partitioned-buffer/go/internal/shard"
)

// Some options ask for another way of writing. It begins where a write finds no
// partition to go to directly, which it must look for in any case (the zero Map
// has none): buffers without these options do not pay for them. It is also the
// way of a write that has found the buffer full.

func (o *Options[K, V]) detours() bool {
	return o.Merge != nil || o.OnFull == DropOldest || o.MaxBytes > 0
}

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
	if f.m.options.Merge != nil {
		_, err := f.stored(ctx, key, func() (shard.Status, uint32, error) { return f.merge(key, value) })
		return err
	}
	_, err := f.sized(ctx, key, value, plainWrite, func() (shard.Status, uint32) { return f.part.Put(hash, key, value) })
	return err
}

// putNewerContext is PutNewer by any way.
func (f *flusher[K, V]) putNewerContext(ctx context.Context, hash uint64, key K, value V, version int64) (stored bool, err error) {
	if version < MinVersion {
		return false, versionError(version)
	}
	return f.sized(ctx, key, value, version, func() (shard.Status, uint32) { return f.part.PutNewer(hash, key, value, version) })
}

// sized runs a write of that value.
func (f *flusher[K, V]) sized(ctx context.Context, key K, value V, version int64, write func() (shard.Status, uint32)) (stored bool, err error) {
	size, err := f.m.options.sizeOf(key, value)
	if err != nil {
		return false, err
	}
	return f.stored(ctx, key, func() (shard.Status, uint32, error) { return f.weigh(key, size, version, write) })
}

// try is a write: how it ended and how many entries there then were. The error
// is of Options.SizeOf, or about the entry's size.
type try func() (shard.Status, uint32, error)

// stored runs a write and, if the buffer is full, what OnFull says.
func (f *flusher[K, V]) stored(ctx context.Context, key K, try try) (stored bool, err error) {
	status, live, err := try()
	switch {
	case err != nil:
		return false, err
	case status == shard.Full:
		status, err = f.full(ctx, key, try)
	default:
		status, err = f.admitted(key, status, live)
	}
	return err == nil && (status == shard.Inserted || status == shard.Overwrote), err
}
