package shard

import (
	"sync/atomic"

	"github.com/partitioned-buffer/go/internal/epoch"
)

// Generation is one incarnation of a store: what a partition buffers between
// two swaps. All fields but older are set before it is published.
type Generation[K comparable, V any] struct {
	places    places[K, V] // the store's: one dependent load less on the way to a slot
	store     *store[K, V]
	number    uint64
	inherited uint32 // slots that the store had when this generation got it
	gate      epoch.Gate

	// older is the generation that was in flight when this one went in flight,
	// if any. Written under the partition's mutex.
	older atomic.Pointer[Generation[K, V]]
}

func newGeneration[K comparable, V any](s *store[K, V], number uint64) *Generation[K, V] {
	g := &Generation[K, V]{places: s.places, store: s, number: number}
	g.inherited, _ = s.taken()
	g.gate.Init()
	return g
}
