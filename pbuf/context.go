package pbuf

import (
	"context"
	"iter"

	"github.com/partitioned-buffer/go/internal/shard"
)

// Each write that may have to wait for room in a full buffer (Options.OnFull:
// Block) has a form with a context, which bounds that wait and nothing else.

// PutContext is Put, but waits for room no longer than ctx, as all Context forms do: if
// ctx ends first, it stores nothing and returns an error that wraps ErrFull and ctx's
// cause. A write that finds room does not look at ctx.
func (m *Map[K, V]) PutContext(ctx context.Context, key K, value V) error {
	f, hash := m.locate(key)
	return f.putContext(ctx, hash, key, value)
}

// PutNewerContext is PutNewer, but waits for room no longer than ctx.
func (m *Map[K, V]) PutNewerContext(ctx context.Context, key K, value V, version int64) (stored bool, err error) {
	f, hash := m.locate(key)
	return f.putNewerContext(ctx, hash, key, value, version)
}

// PutIfNewerContext is PutIfNewer, but waits for room no longer than ctx.
func (m *Map[K, V]) PutIfNewerContext(ctx context.Context, key K, value V) (stored bool, err error) {
	f, hash := m.locate(key)
	return f.putIfNewer(ctx, "PutIfNewerContext", hash, key, value)
}

// PutAllContext is PutAll, but waits for room no longer than ctx.
func (m *Map[K, V]) PutAllContext(ctx context.Context, entries iter.Seq2[K, V]) (stored int, err error) {
	if err := m.any().checkSequence(ctx, "PutAllContext", entries == nil); err != nil {
		return 0, err
	}
	for key, value := range entries {
		if err := m.PutContext(ctx, key, value); err != nil {
			return stored, err
		}
		stored++
	}
	return stored, nil
}

// PutAllNewerContext is PutAllNewer, but waits for room no longer than ctx.
func (m *Map[K, V]) PutAllNewerContext(ctx context.Context, entries iter.Seq[Versioned[K, V]]) (stored int, err error) {
	if err := m.any().checkSequence(ctx, "PutAllNewerContext", entries == nil); err != nil {
		return 0, err
	}
	for e := range entries {
		ok, err := m.PutNewerContext(ctx, e.Key, e.Value, e.Version)
		if err != nil {
			return stored, err
		}
		if ok {
			stored++
		}
	}
	return stored, nil
}

// DeleteContext is Delete, but waits for room no longer than ctx.
func (m *Map[K, V]) DeleteContext(ctx context.Context, key K) (deleted bool, err error) {
	f, hash := m.locate(key)
	return f.delete(ctx, "DeleteContext", hash, key)
}

// DeleteNewerContext is DeleteNewer, but waits for room no longer than ctx.
func (m *Map[K, V]) DeleteNewerContext(ctx context.Context, key K, version int64) (stored bool, err error) {
	f, hash := m.locate(key)
	return f.deleteNewer(ctx, "DeleteNewerContext", hash, key, version)
}

// any returns some flusher; nil in the zero Map.
func (m *Map[K, V]) any() *flusher[K, V] {
	if len(m.flushers) == 0 {
		return nil
	}
	return m.flushers[0]
}

func (f *flusher[K, V]) putContext(ctx context.Context, hash uint64, key K, value V) error {
	if err := f.check(ctx, "PutContext"); err != nil {
		return err
	}
	if !f.m.options.slowPath() {
		if status, live := f.part.Put(hash, key, value); status != shard.Full {
			return f.wrote(status, live, hash, key, value)
		}
	}
	_, err := f.putSlow(ctx, hash, key, value)
	return err
}

func (f *flusher[K, V]) putNewerContext(ctx context.Context, hash uint64, key K, value V, version int64) (stored bool, err error) {
	if err := f.check(ctx, "PutNewerContext"); err != nil {
		return false, err
	}
	if !f.m.options.slowPath() && version >= MinVersion {
		if status, live := f.tryNewer(hash, key, value, version); status != shard.Full {
			return f.wroteNewer(status, live, hash, key, value, version)
		}
	}
	return f.putNewerSlow(ctx, "PutNewerContext", hash, key, value, version)
}

// check is the guard of the methods that take a context; nil is the zero Map's.
func (f *flusher[K, V]) check(ctx context.Context, method string) error {
	if f == nil {
		return ErrClosed
	}
	return checkContext(ctx, method)
}

// checkSequence is check where there is a sequence too.
func (f *flusher[K, V]) checkSequence(ctx context.Context, method string, none bool) error {
	if err := f.check(ctx, method); err != nil {
		return err
	}
	if none {
		return argumentError(method, "sequence")
	}
	return nil
}
