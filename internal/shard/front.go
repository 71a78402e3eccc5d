package shard

import "math/bits"

// The front is the slots that are found by their hash: buckets of eight, and for
// each a word with a byte for each of its slots. A byte is zero, then the hash's
// tag for ever, or noPlace where there is no slot. A hit costs one cache miss, the
// slot's own, and a bucket with a zero byte proves that nothing went past it. When
// a key's home bucket is full, the others of its group follow, in the same cache
// line of tags. Up to a table's limit, 1 % of the keys find no room. (Tried: groups of
// four buckets: 2.5 %, of two: 5 %.)
//
// The front decides whether a key exists. Bytes never become zero again, and
// they are taken from the lowest up, by a compare-and-swap of the bucket's whole
// word after the keys of all slots with the tag were compared. So of two who
// insert one key into one bucket, the second has seen the first; and whoever
// went past a full bucket has seen all that will ever be in it.
const (
	lowBits  = 0x0101010101010101 // the lowest bit of each byte
	highBits = lowBits << 7

	tagInUse = 0x80 // set in each tag, and in nothing else
	noPlace  = 0x01 // no zero byte and no tag
)

// first returns the slot in the hash's own bucket that has the hash's tag, the
// first of them if there are several, or nil. It reads no slot: the caller must
// see the word not busy before it compares the key.
func (t *table[K, V]) first(hash uint64) *Slot[K, V] {
	// The bucket is from the hash's low half, the tag from the high one, whose highest
	// bits chose the partition. (x - lowBits) &^ x has the high bit of each zero byte,
	// and possibly of some above the lowest. By hand, here and below: the compiler
	// does not inline what is not generic into instances made in other packages.
	b := uint64(uint32(hash)) * uint64(len(t.tags)) >> 32
	// A tag leads to a slot that is taken; its word tells the rest. As in find.
	x := t.tags[b].Load() ^ (tagInUse|hash>>32&0x7f)*lowBits
	m := (x - lowBits) &^ x & highBits
	if m == 0 {
		return nil
	}
	return &t.slots[b*perBucket+uint64(bits.TrailingZeros64(m)/8)]
}

// find returns the key's slot, or nil. It writes nothing, and waits for slots
// with the key's tag that are claimed or being born.
func (t *table[K, V]) find(hash uint64, key K) *Slot[K, V] {
	b := uint64(uint32(hash)) * uint64(len(t.tags)) >> 32
	tags := (tagInUse | hash>>32&0x7f) * lowBits
	for i := uint64(0); i <= t.probe; i++ {
		// Pairs with the compare-and-swap in reserve. Slots and keys never change (S1).
		w := t.tags[b^i].Load()
		x := w ^ tags
		for m := (x - lowBits) &^ x & highBits; m != 0; m &= m - 1 {
			s := &t.slots[(b^i)*perBucket+uint64(bits.TrailingZeros64(m)/8)]
			if s.settled(); s.key == key {
				return s
			}
		}
		if (w-lowBits)&^w&highBits != 0 {
			return nil
		}
	}
	return t.spilled(key)
}

// reserve returns the key's slot in the front, or else takes a place for it: then
// the slot is fresh, and claimed by the caller. nil: the buckets are full without
// the key, for ever.
func (t *table[K, V]) reserve(hash uint64, key K) (s *Slot[K, V], fresh bool) {
	b := uint64(uint32(hash)) * uint64(len(t.tags)) >> 32
	tag := tagInUse | hash>>32&0x7f
	for i := uint64(0); i <= t.probe; i++ {
		at := b ^ i
		for {
			w := t.tags[at].Load() // as in find
			x := w ^ tag*lowBits
			for m := (x - lowBits) &^ x & highBits; m != 0; m &= m - 1 {
				s := &t.slots[at*perBucket+uint64(bits.TrailingZeros64(m)/8)]
				if s.settled(); s.key == key {
					return s, false
				}
			}
			z := (w - lowBits) &^ w & highBits
			if z == 0 {
				break
			}
			shift := uint(bits.TrailingZeros64(z)) &^ 7
			// Ownership of the slot, to us alone: it is born claimed. The seal and the
			// copying look for tags after the swap: either they see this one, and wait for
			// the word, or our check sees the swap (S2). Others race for the place: again.
			if t.tags[at].CompareAndSwap(w, w|tag<<shift) {
				return &t.slots[at*perBucket+uint64(shift/8)], true
			}
		}
	}
	return nil, false
}

// bucket returns the slots of bucket b that are taken.
func (t *table[K, V]) bucket(b int) []Slot[K, V] {
	// Taken from the lowest up: as many as there are tags.
	n := bits.OnesCount64(t.tags[b].Load() & highBits)
	return t.slots[b*perBucket:][:n]
}
