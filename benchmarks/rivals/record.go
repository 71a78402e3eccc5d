package rivals

import "github.com/partitioned-buffer/go/benchmarks/rival"

// record is what the maps here keep per key.
type record[V any] struct {
	value   V
	version int64
	updates uint64
}

// newer is what PutNewer leaves in the place of old; stored is false when that
// is old itself.
func (old record[V]) newer(exists bool, value V, version int64) (r record[V], stored bool) {
	switch {
	case !exists:
		return record[V]{value: value, version: version}, true
	case version <= old.version:
		return old, false
	}
	return record[V]{value: value, version: version, updates: old.updates + 1}, true
}

func entry[K comparable, V any](key K, r record[V]) rival.Entry[K, V] {
	return rival.Entry[K, V]{Key: key, Value: r.value, Version: r.version, Updates: r.updates}
}
