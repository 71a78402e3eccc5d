package shard

import (
	"sync"
	"sync/atomic"
)

// Limit is a strict bound, shared by partitions, on entries, on the sum of their
// sizes, or on both: each entry, live or in flight, holds a unit and its size. An
// insert takes them first, Delete gives them back, and so does whoever disposes of
// what is in flight. An overwrite adjusts the sum, whatever is left.
type Limit struct {
	entries, bytes atomic.Int64 // what is left; bytes is below zero if overwritten values grew
	counts, sizes  bool         // which of them are bounded

	// both is held by takers where both are bounded; givers only add. Rejected: giving
	// back the first if the second is not there: others are refused meanwhile.
	both sync.Mutex
}

// NewLimit returns a limit of so many entries, of so many bytes in sum. What is 0
// is not bounded.
func NewLimit(entries, bytes int64) *Limit {
	l := &Limit{counts: entries > 0, sizes: bytes > 0}
	l.entries.Store(entries)
	l.bytes.Store(bytes)
	return l
}

// Take takes an entry of that size if it fits.
func (l *Limit) Take(size int64) bool {
	switch {
	case !l.sizes:
		return takeOf(&l.entries, 1)
	case !l.counts:
		return takeOf(&l.bytes, size)
	}
	l.both.Lock()
	defer l.both.Unlock()
	// Ownership of a unit and of the bytes: nobody else takes meanwhile.
	if l.entries.Load() < 1 || l.bytes.Load() < size {
		return false
	}
	l.entries.Add(-1)
	l.bytes.Add(-size)
	return true
}

// takeOf takes n of what is left, if that is enough.
func takeOf(left *atomic.Int64, n int64) bool {
	for {
		// Not an add with an undo: two who undo would both be refused the last unit.
		was := left.Load()
		if was < n {
			return false
		}
		if left.CompareAndSwap(was, was-n) { // ownership of n units
			return true
		}
	}
}

// Give gives back entries and bytes. Negative numbers take, whatever is left.
func (l *Limit) Give(entries, bytes int64) {
	if l.counts && entries != 0 {
		l.entries.Add(entries) // ownership passes to the next Take
	}
	if l.sizes && bytes != 0 {
		l.bytes.Add(bytes) // as above
	}
}

// Left returns what is left of both; what is not bounded is 0.
func (l *Limit) Left() (entries, bytes int64) { return l.entries.Load(), l.bytes.Load() }
