package rival

// record is what a plain map keeps per key.
type record[V any] struct {
	value   V
	version int64
	updates uint64
}

// newer is the record that replaces old, if version is newer than its own.
func (old record[V]) newer(value V, version int64) (record[V], bool) {
	if version <= old.version {
		return old, false
	}
	return record[V]{value: value, version: version, updates: old.updates + 1}, true
}
