package shard

// Item is an entry outside of a slot.
type Item[K comparable, V any] struct {
	Key   K
	Value V
	// Version is what a versioned write gave it; 0 after a plain one.
	Version int64
	// Updates is how many versioned writes replaced the key's value in its
	// generation since it was inserted or plainly put.
	Updates uint64
	// Attempts is how many deliveries of the value failed; MaxAttempts at most.
	Attempts uint8
	// Deleted says that the entry is a tombstone.
	Deleted bool
	// Reset says that a tombstone came before the value, here or in a failed delivery.
	Reset bool
}

// Item copies the entry out of its slot, whose plain fields the caller owns.
func (s *Slot[K, V]) Item(version int64) Item[K, V] {
	return Item[K, V]{
		Key: s.key, Value: s.value, Version: version, Updates: s.Updates(),
		Attempts: s.Attempts(), Deleted: s.Deleted(), Reset: s.Reset(),
	}
}
