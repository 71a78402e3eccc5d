package rival

import (
	"sync/atomic"

	"github.com/puzpuzpuz/xsync/v3"

	"github.com/partitioned-buffer/go/internal/epoch"
)

// literalPart is a partition. The padding keeps two partitions' pointers off
// one cache line and its neighbour.
type literalPart[K comparable, V any] struct {
	current atomic.Pointer[literalGeneration[K, V]]
	_       [128 - 8]byte
}

type literalGeneration[K comparable, V any] struct {
	entries *xsync.MapOf[K, record[V]]
	gate    epoch.Gate
}

// newLiteralGeneration has room for n entries. Clearing the last one's map
// instead would not keep its table: Clear makes a new one.
func newLiteralGeneration[K comparable, V any](n int) *literalGeneration[K, V] {
	g := &literalGeneration[K, V]{entries: xsync.NewMapOf[K, record[V]](xsync.WithPresize(n))}
	g.gate.Init()
	return g
}

// enter returns the current generation, which no flush takes out until the
// caller leaves its gate.
func (p *literalPart[K, V]) enter() (g *literalGeneration[K, V], inside uint32) {
	for {
		// The writer's look at the pointer; drain may swap it at any moment. A
		// gate that is shut was shut after that swap, so the next look finds
		// another generation.
		g = p.current.Load()
		if inside, ok := g.gate.Enter(); ok {
			return g, inside
		}
	}
}

func (p *literalPart[K, V]) putAll(keys []K, group []uint16, value V) {
	g, inside := p.enter()
	for _, i := range group {
		g.put(keys[i], value)
	}
	g.gate.Leave(inside)
}

func (g *literalGeneration[K, V]) put(key K, value V) {
	g.entries.Store(key, record[V]{value: value}) // in xsync v3, Compute of a constant
}

// putNewer rejects a stale version without a lock, as xsync3versioned does, and
// decides the rest inside Compute.
func (g *literalGeneration[K, V]) putNewer(key K, value V, version int64) (stored bool) {
	if r, ok := g.entries.Load(key); ok && version <= r.version {
		return false
	}
	g.entries.Compute(key, func(old record[V], loaded bool) (r record[V], remove bool) {
		if !loaded {
			stored = true
			return record[V]{value: value, version: version}, false
		}
		r, stored = old.newer(value, version)
		return r, false
	})
	return stored
}

// drain swaps in a generation with room for as many entries as the last one
// had, waits for its writers, and hands over what they wrote.
func (p *literalPart[K, V]) drain(out *Batcher[K, V]) {
	full := p.current.Load() // only the flusher stores it
	// The swap: writers that look later enter the new generation. Those inside
	// the full one synchronize before the return of Close.
	p.current.Store(newLiteralGeneration[K, V](full.entries.Size()))
	full.gate.Close()
	full.entries.Range(func(key K, r record[V]) bool {
		out.Add(Entry[K, V]{Key: key, Value: r.value, Version: r.version, Updates: r.updates})
		return true
	})
}
