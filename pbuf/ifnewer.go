package pbuf

import (
	"context"
	"fmt"
)

// PutIfNewer is Put, and reports whether Options.Newer let it store the value. Without
// Newer it returns an error that wraps ErrOptions.
func (m *Map[K, V]) PutIfNewer(key K, value V) (stored bool, err error) {
	f, hash := m.locate(key)
	return f.putIfNewer(context.Background(), "PutIfNewer", hash, key, value)
}

func (f *flusher[K, V]) putIfNewer(ctx context.Context, method string, hash uint64, key K, value V) (stored bool, err error) {
	if err := f.check(ctx, method); err != nil {
		return false, err
	}
	if f.m.options.Newer == nil {
		return false, fmt.Errorf("%w: %s: Newer is nil", ErrOptions, method)
	}
	return f.putSlow(ctx, hash, key, value)
}

// checkVersion says whether a write may have the version.
func (o *Options[K, V]) checkVersion(method string, version int64) error {
	switch {
	case o.Newer != nil:
		return fmt.Errorf("%w: %s: version %d: Newer is set, versions are in the values", ErrOptions, method, version)
	case version < MinVersion:
		return versionError(version)
	}
	return nil
}
