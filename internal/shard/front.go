package shard

import "math/bits"

// The front is the slots that are found by their hash: buckets of eight, and for
// each a word with a byte for each of its slots. A byte is zero, then the hash's
// tag for ever, or noPlace where there is no slot. A bucket with a zero byte proves
// that nothing went past it. When a key's home bucket is full, the others of its group
// follow, in the same cache line of tags. Up to a table's limit, 1 % of the keys find
// no room. (Tried: groups of four buckets: 2.5 %, of two: 5 %.)
//
// In a bucket a key takes its own place, which its hash names, or else the next free one:
// two keys of three have their own. In a lone bucket it is the first: few keys come in the
// order of their first writes, which nobody is promised, and everybody expects.
//
// The front decides whether a key exists. Bytes never become zero again, and
// they are taken by a compare-and-swap of the bucket's whole word after the keys
// of all slots with the tag were compared. So of two who insert one key into one
// bucket, the second has seen the first; and whoever went past a full bucket has
// seen all that will ever be in it.
const (
	lowBits  = 0x0101010101010101 // the lowest bit of each byte
	highBits = lowBits << 7

	tagInUse = 0x80 // set in each tag, and in nothing else
	noPlace  = 0x01 // no zero byte and no tag
)

// own returns the slot in the hash's own place if it has the hash's tag, or nil. It
// reads no slot: the caller must see the word not busy before it compares the key. The
// processor guesses the answer, so the lines of tag and slot come at once. (Tried: the
// tags say which slot: hits take a fifth longer. Loading it in any case: inserts do.)
func (t *table[K, V]) own(hash uint64) *Slot[K, V] {
	// The place is from the hash's low half, the tag from the high one, whose highest
	// bits chose the partition. By hand, here and below: the compiler does not inline
	// what is not generic into instances made in other packages.
	at := uint64(uint32(hash)) * uint64(len(t.tags)&^1) >> 29 // of a lone bucket the first
	// A tag leads to a slot that is taken; its word tells the rest. As in find.
	if uint8(t.tags[at>>3].Load()>>(at<<3&63)) == uint8(tagInUse|hash>>32&0x7f) {
		return &t.slots[at]
	}
	return nil
}

// first is own for the home bucket's first slot with the tag, wherever it is.
func (t *table[K, V]) first(hash uint64) *Slot[K, V] {
	b := uint64(uint32(hash)) * uint64(len(t.tags)) >> 32
	x := t.tags[b].Load() ^ (tagInUse|hash>>32&0x7f)*lowBits // as in own
	m := (x - lowBits) &^ x & highBits                       // of each zero byte, and possibly of some above the lowest
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
	own := uint64(uint32(hash)) * uint64(len(t.tags)&^1) >> 29
	b, shift := own>>3, int(own<<3&63) // of the own place's byte
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
			z := ^(w | w<<7) & highBits // of each zero byte: the others are noPlace or a tag
			if z == 0 {
				break
			}
			place := uint(bits.TrailingZeros64(bits.RotateLeft64(z, -shift))&^7+shift) & 63
			// Ownership of the slot, to us alone: it is born claimed. The seal and the
			// copying look for tags after the swap: either they see this one, and wait for
			// the word, or our check sees the swap (S2). Others race for the place: again.
			if t.tags[at].CompareAndSwap(w, w|tag<<place) {
				return &t.slots[at*perBucket+uint64(place/8)], true
			}
		}
	}
	return nil, false
}

// used has a bit in the byte of each slot of bucket b that is taken.
func (t *table[K, V]) used(b int) uint64 { return t.tags[b].Load() & highBits }
