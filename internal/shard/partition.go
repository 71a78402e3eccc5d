package shard

import (
	"sync"
	"sync/atomic"
)

// Partition is the unit of routing, flushing and parallelism: one current
// generation, and what is in flight. Its methods may be called by any number of
// goroutines; Release belongs to the one who drained.
type Partition[K comparable, V any] struct {
	// current is what writers write to; nil once stopped. Written by whoever holds
	// its table's turn.
	current atomic.Pointer[table[K, V]]
	// inflight is the newest retired generation that is not released yet. Set before the
	// swap that retires it: who sees the next generation sees it in flight or released.
	inflight atomic.Pointer[table[K, V]]
	Stale    atomic.Uint64 // the owner's, beside what each write reads: pbuf's noteStale
	hasher   func(K, uint64) uint64
	hash     func(K) uint64
	limit    *Limit         // nil: none
	versions *Versions[K]   // nil: none
	kinds    meta           // of every write that is not by Put or PutNewer
	_        [lineSize]byte // the rest is written at every retire, or for limits alone

	bytes atomic.Int64 // the sum of the sizes that the partition's entries hold

	mu     sync.Mutex // retire, release; no writer takes it
	number uint64     // of the current generation
	ledger Ledger
}

// Config is what a partition needs to know.
type Config[K comparable] struct {
	// Hash is the hash that callers pass in, for the calls that lack it: equal keys
	// must have equal hashes. Nil: all keys have the hash 0.
	Hash func(key K) uint64
	// Hasher is the index's, with a seed; nil means the index's own.
	Hasher func(key K, seed uint64) uint64
	// Limit bounds what the partition holds; nil: nothing does. If it bounds sizes,
	// writes go by Write, WriteIf and Restore.
	Limit *Limit
	// Resets makes Write and WriteIf note in values that a tombstone came before them.
	Resets bool
	// Versions remembers what was delivered; nil: nothing is.
	Versions *Versions[K]
}

// NewPartition returns a partition with an empty generation.
func NewPartition[K comparable, V any](c Config[K]) *Partition[K, V] {
	p := &Partition[K, V]{hasher: c.Hasher, hash: c.Hash, limit: c.Limit, versions: c.Versions, number: 1}
	if c.Limit != nil && c.Limit.sizes {
		p.kinds |= sized
	}
	if c.Resets {
		p.kinds |= resetting
	}
	if p.hash == nil {
		p.hash = func(K) uint64 { return 0 }
	}
	// Publication of the first generation; nobody shares the partition yet.
	p.current.Store(p.newTable(&generation{number: p.number}, 0))
	return p
}

// Generation returns the number of the current generation; 0 once stopped.
func (p *Partition[K, V]) Generation() uint64 {
	if t := p.current.Load(); t != nil { // a look, as in Size
		return t.gen.number
	}
	return 0
}

// Unused reports whether a Retire would find nothing to do, not even dead slots.
func (p *Partition[K, V]) Unused() bool {
	t := p.current.Load() // as in Size
	return t == nil || len(t.slots) == 0 && t.gen.counts.Load() < oneTaken
}

// Size returns how many entries the current generation holds.
func (p *Partition[K, V]) Size() int {
	t := p.current.Load() // a look; any generation that was current during the call will do (G2)
	if t == nil {
		return 0
	}
	_, live := t.gen.taken()
	return int(live)
}
