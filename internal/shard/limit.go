package shard

import "sync/atomic"

// Limit is a strict bound on entries, shared by partitions: each live entry, and
// each one in flight, holds a unit. Inserting takes one, Delete gives it back,
// and whoever disposes of an entry in flight gives back its unit.
type Limit struct {
	left atomic.Int64
}

// NewLimit returns a limit of n units.
func NewLimit(n int64) *Limit {
	l := new(Limit)
	l.left.Store(n)
	return l
}

// take takes a unit if there is one. A nil limit has no end.
func (l *Limit) take() bool {
	if l == nil {
		return true
	}
	for {
		// A loop and not an add with an undo: two adds that both undo would refuse
		// the last unit to both.
		n := l.left.Load()
		if n <= 0 {
			return false
		}
		if l.left.CompareAndSwap(n, n-1) { // ownership of one unit
			return true
		}
	}
}

// Give gives n units back. A nil limit ignores it.
func (l *Limit) Give(n int) {
	if l != nil {
		l.left.Add(int64(n)) // ownership passes to the next take
	}
}

// Left returns the units that are left.
func (l *Limit) Left() int64 { return l.left.Load() }
