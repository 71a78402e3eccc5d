package pbuf

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/partitioned-buffer/go/internal/shard"
)

// How a poison entry is isolated. Each entry carries the number of its failed
// deliveries with it, through merge-back too, and that number alone says how
// large a batch it may be in: BatchSize halved once per failure. So an entry
// that fails whatever batch it is in is alone after log2(BatchSize) rounds (or
// sooner, if MaxAttempts leaves fewer), its companions are out of it as soon as
// the halving parts them, and entries that never failed travel apart from all
// that, in full batches.
//
// In a generation the entries that failed least go first. So once the sink is
// down (see Retry) only those at the front are tried and marked, again and again
// in ever smaller batches; when it is back these are delivered in batches of 1,
// 1, 2, 4 and so on: a slow start, for free. And a poison entry, which has failed
// most, is tried when all others have been.
//
// Rejected: bisecting within one delivery. It calls a sink that is down
// 2*BatchSize times in a row, or needs a budget and then a memory of where it
// stopped, which the attempts are. Rejected: one limit per flusher that halves
// and doubles. Fresh entries join the suspects' batches, which then stop
// shrinking.

// ref is an entry in hand.
type ref[K comparable, V any] struct {
	slot    *shard.Slot[K, V]
	version int64
}

// entry copies the entry out of its slot.
func (r ref[K, V]) entry() Entry[K, V] { return Entry[K, V](r.slot.Item(r.version)) }

// splitShift is by how many powers of two one failure shrinks a batch: one, or
// as many as it takes to be at one entry in the last attempt.
func splitShift(size, maxAttempts int) int {
	halvings := bits.Len(uint(size)) - 1
	if maxAttempts < 2 {
		return 1
	}
	return max(1, (halvings+maxAttempts-2)/(maxAttempts-1))
}

// groupSize is the largest batch for an entry that failed attempts times.
func groupSize(size, shift int, attempts uint8) int {
	return max(1, size>>min(shift*int(attempts), bits.UintSize-1))
}

// hand is what a flusher has taken out of its partition and not disposed of:
// each entry is in one of these places.
type hand[K comparable, V any] struct {
	cursor   shard.Cursor[K, V] // not looked at yet
	suspects []ref[K, V]        // failed before, set aside until the cursor is at its end
	sorted   bool               // suspects are, by attempts
	batch    []ref[K, V]        // the call in progress, or about to be
	back     []ref[K, V]        // to be requeued
	letters  []letter[K, V]     // to be given up
	count    int                // all of them
}

// next fills the batch.
func (h *hand[K, V]) next(size, shift int) {
	h.batch = h.batch[:0]
	for len(h.batch) < size {
		s, version := h.cursor.Next()
		if s == nil {
			break
		}
		if r := (ref[K, V]{s, version}); s.Attempts() == 0 {
			h.batch = append(h.batch, r)
		} else {
			h.suspects, h.sorted = append(h.suspects, r), false
		}
	}
	if len(h.batch) > 0 || len(h.suspects) == 0 {
		return
	}
	if !h.sorted {
		h.sorted = true
		slices.SortStableFunc(h.suspects, func(a, b ref[K, V]) int {
			return cmp.Compare(a.slot.Attempts(), b.slot.Attempts())
		})
	}
	attempts := h.suspects[0].slot.Attempts()
	n, limit := 1, min(groupSize(size, shift, attempts), len(h.suspects))
	for n < limit && h.suspects[n].slot.Attempts() == attempts {
		n++
	}
	h.batch = append(h.batch, h.suspects[:n]...)
	h.suspects = h.suspects[n:]
}

// whole makes everything the batch.
func (h *hand[K, V]) whole() {
	h.batch = h.batch[:0]
	for s, version := h.cursor.Next(); s != nil; s, version = h.cursor.Next() {
		h.batch = append(h.batch, ref[K, V]{s, version})
	}
}

// all yields every entry in hand, in the order in which it would be disposed of.
func (h *hand[K, V]) all(yield func(ref[K, V])) {
	for _, list := range [][]ref[K, V]{h.batch, h.back} {
		for _, r := range list {
			yield(r)
		}
	}
	for _, l := range h.letters {
		for _, r := range l.refs {
			yield(r)
		}
	}
	c := h.cursor
	for s, version := c.Next(); s != nil; s, version = c.Next() {
		yield(ref[K, V]{s, version})
	}
	for _, r := range h.suspects {
		yield(r)
	}
}
