package pbuf

import (
	"context"
	"fmt"

	"github.com/partitioned-buffer/go/internal/shard"
)

// DeleteNewer leaves a tombstone with a version, under the rule of PutNewer: it
// is stored if the key is absent or its version is lower, and then beats every
// write with a lower or equal version. The processor gets it as an entry with
// Deleted set. It reports whether it stored.
//
// It needs Options.Tombstones (else an error that wraps ErrOptions), returns
// ErrVersion for a version below MinVersion and ErrClosed after Stop, and may
// have to wait for room in a full buffer, or be refused, as PutNewer.
func (m *Map[K, V]) DeleteNewer(key K, version int64) (stored bool, err error) {
	f, _ := m.locate(key)
	if f == nil {
		return false, ErrClosed
	}
	return f.deleteNewer(key, version)
}

func (f *flusher[K, V]) deleteNewer(key K, version int64) (stored bool, err error) {
	if !f.m.options.Tombstones {
		return false, fmt.Errorf("%w: DeleteNewer: Tombstones is false", ErrOptions)
	}
	if version < MinVersion {
		return false, versionError(version)
	}
	var none V
	return f.sized(context.Background(), key, none, version, func() (shard.Status, uint32) { return f.part.BuryNewer(key, version) })
}

// bury is Delete with Options.Tombstones.
func (f *flusher[K, V]) bury(key K) (deleted bool, err error) {
	var none V
	return f.sized(context.Background(), key, none, plainWrite, func() (shard.Status, uint32) { return f.part.Bury(key) })
}
