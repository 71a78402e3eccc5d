package rival

import (
	"context"
	"fmt"
	"time"

	"github.com/partitioned-buffer/go/benchmarks/workload"
	"github.com/partitioned-buffer/go/pbuf"
)

// idle is the interval of a buffer that flushes only when asked.
const idle = 24 * time.Hour

// PBuf is pbuf.Map with its default options.
type PBuf[K comparable, V any] struct{ m *pbuf.Map[K, V] }

// NewPBuf makes one.
func NewPBuf[K comparable, V any](c Config[K, V]) Buffer[K, V] {
	interval := c.Interval
	if interval == 0 {
		interval = idle
	}
	m, err := pbuf.New(pbuf.Options[K, V]{
		Processor: func(_ context.Context, batch []pbuf.Entry[K, V]) error {
			c.Sink(batch)
			return nil
		},
		Partitions:    c.Partitions,
		FlushInterval: interval,
		BatchSize:     BatchSize,
	})
	must(err)
	return &PBuf[K, V]{m: m}
}

// must stops a benchmark whose figures would be those of refusals.
func must(err error) {
	if err != nil {
		panic(fmt.Sprintf("rival: pbuf refused: %v", err))
	}
}

// Put puts.
func (m *PBuf[K, V]) Put(key K, value V) { must(m.m.Put(key, value)) }

// PutNewer puts a version.
func (m *PBuf[K, V]) PutNewer(key K, value V, version int64) bool {
	stored, err := m.m.PutNewer(key, value, version)
	must(err)
	return stored
}

// Get gets.
func (m *PBuf[K, V]) Get(key K) (V, bool) { return m.m.Get(key) }

// Delete deletes.
func (m *PBuf[K, V]) Delete(key K) bool {
	gone, err := m.m.Delete(key)
	must(err)
	return gone
}

// PutAll puts a batch through an iterator, the only way in.
func (m *PBuf[K, V]) PutAll(keys []K, value V) {
	_, err := m.m.PutAll(func(yield func(K, V) bool) {
		for _, key := range keys {
			if !yield(key, value) {
				return
			}
		}
	})
	must(err)
}

// Flush is the barrier.
func (m *PBuf[K, V]) Flush() { must(m.m.Flush(context.Background())) }

// Close stops the map.
func (m *PBuf[K, V]) Close() { must(m.m.Close()) }

// Run is the hot loop.
func (m *PBuf[K, V]) Run(ops *Ops[K, V]) (hits int) {
	for i, key := range ops.Keys {
		switch ops.Kinds[i] {
		case workload.Put:
			if err := m.m.Put(key, ops.Value); err != nil {
				must(err)
			}
		case workload.PutNewer:
			stored, err := m.m.PutNewer(key, ops.Value, ops.Version+int64(i))
			if err != nil {
				must(err)
			}
			if stored {
				hits++
			}
		case workload.Get:
			if _, ok := m.m.Get(key); ok {
				hits++
			}
		case workload.Delete:
			gone, err := m.m.Delete(key)
			if err != nil {
				must(err)
			}
			if gone {
				hits++
			}
		}
	}
	return hits
}
