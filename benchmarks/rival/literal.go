package rival

import (
	"math/bits"
	"runtime"

	"github.com/partitioned-buffer/go/benchmarks/workload"
)

// Literal is the shape that pbuf was asked for, read word for word: a partition
// is an atomic.Pointer to a generation, a generation is a MapOf of records,
// every write happens inside Compute and is entered in the generation's epoch,
// and a flush swaps the pointer, waits for the epoch and ranges over the map.
// What pbuf gains over it is what pbuf's own design gains.
type Literal[K comparable, V any] struct {
	*Flusher
	parts []literalPart[K, V]
	hash  func(K) uint64
	shift uint
}

// NewLiteral has as many partitions as pbuf, rounded up to a power of two.
func NewLiteral[K comparable, V any](c Config[K, V]) Buffer[K, V] {
	n := c.Partitions
	if n == 0 {
		n = runtime.GOMAXPROCS(0)
	}
	n = min(1<<bits.Len(uint(n-1)), maxShards)
	m := &Literal[K, V]{parts: make([]literalPart[K, V], n), hash: c.Hash, shift: shift(n)}
	for i := range m.parts {
		m.parts[i].current.Store(newLiteralGeneration[K, V](0))
	}
	out := NewBatcher(c.Sink)
	m.Flusher = StartFlusher(c.Interval, func() {
		for i := range m.parts {
			m.parts[i].drain(out)
		}
		out.End()
	})
	return m
}

func (m *Literal[K, V]) part(key K) *literalPart[K, V] { return &m.parts[m.hash(key)>>m.shift] }

// Put overwrites the entry of key.
func (m *Literal[K, V]) Put(key K, value V) {
	g, inside := m.part(key).enter()
	g.put(key, value)
	g.gate.Leave(inside)
}

// PutNewer overwrites the entry of key by a newer version.
func (m *Literal[K, V]) PutNewer(key K, value V, version int64) bool {
	g, inside := m.part(key).enter()
	stored := g.putNewer(key, value, version)
	g.gate.Leave(inside)
	return stored
}

// Get returns what is buffered for key. It writes nothing, so it enters nothing.
func (m *Literal[K, V]) Get(key K) (V, bool) {
	r, ok := m.part(key).current.Load().entries.Load(key)
	return r.value, ok
}

// Delete forgets the entry of key.
func (m *Literal[K, V]) Delete(key K) bool {
	g, inside := m.part(key).enter()
	_, gone := g.entries.LoadAndDelete(key)
	g.gate.Leave(inside)
	return gone
}

// PutAll enters each partition once for all its keys.
func (m *Literal[K, V]) PutAll(keys []K, value V) {
	by := groupsPool.Get().(*groups)
	for len(keys) > 0 {
		part := keys[:min(len(keys), groupMax)]
		for i, key := range part {
			by.shard[i] = uint8(m.hash(key) >> m.shift)
		}
		by.sort(len(part), len(m.parts))
		for p := range m.parts {
			if group := by.of(p); len(group) > 0 {
				m.parts[p].putAll(part, group, value)
			}
		}
		keys = keys[len(part):]
	}
	groupsPool.Put(by)
}

// Run is the hot loop.
func (m *Literal[K, V]) Run(ops *Ops[K, V]) (hits int) {
	for i, key := range ops.Keys {
		switch ops.Kinds[i] {
		case workload.Put:
			m.Put(key, ops.Value)
		case workload.PutNewer:
			if m.PutNewer(key, ops.Value, ops.Version+int64(i)) {
				hits++
			}
		case workload.Get:
			if _, ok := m.Get(key); ok {
				hits++
			}
		case workload.Delete:
			if m.Delete(key) {
				hits++
			}
		}
	}
	return hits
}
