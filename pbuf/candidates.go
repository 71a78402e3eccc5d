package pbuf

import (
	"math/bits"
	"sync/atomic"
)

// candidates are the partitions that may hold an entry for DropOldest to drop: a
// bit for each, and for each word of bits a bit in the level above, up to a single
// word. So finding one takes as many steps as there are levels: three for the most
// partitions there can be.
//
// A bit may be set where there is nothing; where there is something it is clear
// only while an add or a remove is at work. add sets a bit after the entry was
// inserted, and from the bottom up; remove clears it first and then looks again at
// what is below. Each side writes one word and then reads the other's, and atomics
// are sequentially consistent: one of the two sees the other.
type candidates struct{ levels [][]atomic.Uint64 }

const bitsPerWord = 64

// init makes room for n partitions, none of which is a candidate.
func (c *candidates) init(n int) {
	for n > 1 || len(c.levels) == 0 {
		n = (n + bitsPerWord - 1) / bitsPerWord
		c.levels = append(c.levels, make([]atomic.Uint64, n))
	}
}

// add makes partition i a candidate.
func (c *candidates) add(i int) { c.addFrom(0, i) }

func (c *candidates) addFrom(l, at int) {
	for ; l < len(c.levels); l++ {
		word, bit := &c.levels[l][at/bitsPerWord], uint64(1)<<(at%bitsPerWord)
		// Mostly set, and then the word stays shared. The levels above are looked at all
		// the same: whoever set this bit may not have come to them yet.
		if word.Load()&bit == 0 {
			word.Or(bit) // paired with the And in remove
		}
		at /= bitsPerWord
	}
}

// remove ends that of partition i, unless holds says that there is something.
func (c *candidates) remove(i int, holds func() bool) {
	for l, at := 0, i; l < len(c.levels); l++ {
		word, bit := &c.levels[l][at/bitsPerWord], uint64(1)<<(at%bitsPerWord)
		word.And(^bit) // before the look below: paired with addFrom, which may have seen it set
		if l == 0 && holds() || l > 0 && c.levels[l-1][at].Load() != 0 {
			c.addFrom(l, at)
			return
		}
		if word.Load() != 0 { // others need the bit above
			return
		}
		at /= bitsPerWord
	}
}

// next returns the first candidate from i on; -1 if there is none.
func (c *candidates) next(i int) int {
	for l, level := range c.levels {
		if i/bitsPerWord >= len(level) {
			return -1
		}
		// A look: what is added beside it may be missed.
		if rest := level[i/bitsPerWord].Load() >> (i % bitsPerWord) << (i % bitsPerWord); rest != 0 {
			return c.below(l, i/bitsPerWord*bitsPerWord+bits.TrailingZeros64(rest))
		}
		i = i/bitsPerWord + 1
	}
	return -1
}

// below returns the first candidate that bit at of level l stands for.
func (c *candidates) below(l, at int) int {
	for ; l > 0; l-- {
		word := c.levels[l-1][at].Load() // a look
		if word == 0 {                   // being removed
			for at++; l > 0; l-- {
				at *= bitsPerWord
			}
			return c.next(at)
		}
		at = at*bitsPerWord + bits.TrailingZeros64(word)
	}
	return at
}
