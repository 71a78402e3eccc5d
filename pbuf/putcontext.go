package pbuf

import "context"

// PutContext is Put with a deadline for the room that a new key may have to wait
// for in a full buffer (Options.OnFull: Block). When ctx ends first, it returns
// an error that wraps ErrFull and the context's cause, and has stored nothing.
// A write that finds room does not look at ctx. In all else it is Put.
func (m *Map[K, V]) PutContext(ctx context.Context, key K, value V) error {
	if ctx == nil {
		return argumentError("PutContext", "context")
	}
	f, hash := m.locate(key)
	if f == nil {
		return ErrClosed
	}
	return f.putContext(ctx, hash, key, value)
}

// PutNewerContext is to PutNewer what PutContext is to Put.
func (m *Map[K, V]) PutNewerContext(ctx context.Context, key K, value V, version int64) (stored bool, err error) {
	if ctx == nil {
		return false, argumentError("PutNewerContext", "context")
	}
	f, hash := m.locate(key)
	if f == nil {
		return false, ErrClosed
	}
	return f.putNewerContext(ctx, hash, key, value, version)
}
