package source

import (
	"context"
	"errors"

	"github.com/partitioned-buffer/go/pbuf"
)

// Change is what a message says about a key.
type Change[K comparable, V any] struct {
	Key       K
	Value     V
	Versioned bool
	Version   int64
	Deleted   bool
}

// Write writes a change to the buffer, and waits for room if need be. It reports
// whether the buffer took it: it does not if it has as new a version.
func Write[K comparable, V any](ctx context.Context, b *pbuf.Map[K, V], c Change[K, V]) (stored bool, err error) {
	switch {
	case c.Versioned && c.Deleted:
		return b.DeleteNewerContext(ctx, c.Key, c.Version)
	case c.Versioned:
		return b.PutNewerContext(ctx, c.Key, c.Value, c.Version)
	case c.Deleted:
		_, err = b.DeleteContext(ctx, c.Key)
	default:
		err = b.PutContext(ctx, c.Key, c.Value)
	}
	return err == nil, err
}

// Full reports whether the buffer refused a write for want of room that there may be
// later.
func Full(err error) bool {
	return errors.Is(err, pbuf.ErrFull) && !errors.Is(err, pbuf.ErrTooLarge)
}
