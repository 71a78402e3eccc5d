package shard

import "sync/atomic"

// generation is what a partition buffers between two swaps: one table after the
// other, as it grows, that share these counts.
type generation struct {
	number uint64
	_      [lineSize]byte // inserts write what follows

	// counts is slots taken (high 32 bits) and live ones (low 32 bits) in one word,
	// so that Size and the emptiness check see both at one moment, and an insert
	// pays for one add. Dead slots that growth leaves behind are no longer taken.
	counts   atomic.Uint64
	erased   atomic.Uint64 // live slots that Delete made dead
	carries  atomic.Uint64 // times that a slot's count of writes wrapped
	left     atomic.Uint64 // writes that were counted in slots which growth left behind
	restored atomic.Uint64 // entries that came back from a failed delivery
	merged   atomic.Uint64 // those of them that were combined with a newer value
	_        [lineSize]byte
}

// lineSize keeps what writers write apart from what everybody reads: two cache
// lines, since x86 prefetches them in pairs.
const lineSize = 128

const oneTaken, oneLive = 1 << 32, 1

// taken and live are the counts at one moment.
func (g *generation) taken() (taken, live uint32) {
	n := g.counts.Load() // a snapshot of completed operations; running ones count either way
	return uint32(n >> 32), uint32(n)
}
