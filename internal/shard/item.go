package shard

// Item is an entry outside of a slot.
type Item[K comparable, V any] struct {
	Key      K
	Value    V
	Version  int64
	Updates  uint64
	Attempts uint8 // deliveries that failed
	Deleted  bool  // a tombstone
}

// item copies the slot; the caller owns its plain fields.
func (s *Slot[K, V]) item(word uint64) Item[K, V] {
	return Item[K, V]{
		Key: s.key, Value: s.value, Version: versionOf(word),
		Updates: s.Updates(), Attempts: s.Attempts(), Deleted: s.Deleted(),
	}
}
