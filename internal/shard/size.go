package shard

import "unsafe"

// The sizes of a table's entries are beside its slots, and only where a limit bounds
// sizes. A size belongs to whom the slot's value belongs to (S2); that of a dead slot
// means nothing.

// sizedSlot is a slot in the index of such a table.
type sizedSlot[K comparable, V any] struct {
	Slot[K, V]
	size int64
}

// size returns where the size of a slot's entry is kept, which the caller has
// claimed. Slots do not know their number: it is computed from their address.
func (t *table[K, V]) size(s *Slot[K, V]) *int64 {
	// An address below the slots' wraps round to a distance beyond their end.
	distance := uintptr(unsafe.Pointer(s)) - uintptr(unsafe.Pointer(unsafe.SliceData(t.slots)))
	if i := distance / unsafe.Sizeof(*s); i < uintptr(len(t.slots)) {
		return &t.sizes[i]
	}
	return &(*sizedSlot[K, V])(unsafe.Pointer(s)).size // see install
}

// take takes room for an entry of that size, if there is any.
func (p *Partition[K, V]) take(size int64) bool {
	if p.limit == nil {
		return true
	}
	if !p.limit.Take(size) {
		return false
	}
	p.bytes.Add(size)
	return true
}

// Give gives back what so many entries of the partition held, which are neither
// current nor in flight any more. Negative numbers take, whatever is left.
func (p *Partition[K, V]) Give(entries int, bytes int64) {
	if p.limit != nil {
		p.limit.Give(int64(entries), bytes)
		p.bytes.Add(-bytes)
	}
}

// Bytes returns the sum of the sizes of what is current and in flight.
func (p *Partition[K, V]) Bytes() int64 { return p.bytes.Load() }

// Size returns the size of the entry in a slot of the generation; 0 where sizes
// are not bounded. The caller owns the generation.
func (r *Retired[K, V]) Size(s *Slot[K, V]) int64 {
	if r.t.sizes == nil {
		return 0
	}
	return *r.t.size(s)
}
