package pbuf_test

import (
	"context"
	"slices"
	"sync"

	"github.com/partitioned-buffer/go/pbuf"
)

// recorder is a processor that keeps what it is given.
type recorder[K comparable, V any] struct {
	mu      sync.Mutex
	batches [][]pbuf.Entry[K, V]
}

func (r *recorder[K, V]) process(_ context.Context, batch []pbuf.Entry[K, V]) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.batches = append(r.batches, slices.Clone(batch))
	return nil
}

// entries returns everything delivered so far, in order.
func (r *recorder[K, V]) entries() []pbuf.Entry[K, V] {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Concat(r.batches...)
}

// calls returns the number of batches so far.
func (r *recorder[K, V]) calls() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.batches)
}

func discard[K comparable, V any](context.Context, []pbuf.Entry[K, V]) error { return nil }

// turnstile is a processor that announces each batch and does not return before
// it is told with what, whatever becomes of its context.
type turnstile[K comparable, V any] struct {
	in  chan []pbuf.Entry[K, V]
	out chan error
}

func newTurnstile[K comparable, V any]() *turnstile[K, V] {
	return &turnstile[K, V]{in: make(chan []pbuf.Entry[K, V]), out: make(chan error)}
}

func (s *turnstile[K, V]) process(_ context.Context, batch []pbuf.Entry[K, V]) error {
	s.in <- slices.Clone(batch)
	return <-s.out
}
