package faults

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// TestWriteBackConcurrentSafe: a processor and hooks that call every method of
// their own buffer, for the keys they are delivering too, while writers do the
// same. Nothing can deadlock: writes wait for no delivery, and what would wait
// for the flusher itself is refused. Stop ends it, since from then on the
// processor's writes are refused like all others.
func TestWriteBackConcurrentSafe(t *testing.T) {
	var m *buffer
	var calls, refused atomic.Int64
	ready := make(chan struct{})
	all := func(ctx context.Context, key uint64) {
		calls.Add(1)
		closed := func(err error) {
			if err != nil && !errors.Is(err, pbuf.ErrClosed) {
				t.Errorf("from inside: %v", err)
			}
		}
		closed(m.Put(key, 1))
		_, err := m.PutNewer(key+1, 1, int64(key))
		closed(err)
		m.Get(key)
		_, err = m.Delete(key + 2)
		closed(err)
		_, err = m.PutAll(func(yield func(uint64, uint64) bool) { _ = yield(key+3, 1) && yield(key+4, 1) })
		closed(err)
		closed(pbuf.Route(m, key).Put(key, 2))
		closed(m.UpdateSettings(func(s *pbuf.Settings) { s.BatchSize = 3 }))
		m.Size()
		m.Stats()
		for range m.Undelivered() {
			t.Error("Undelivered yields before Stop has returned")
		}
		for _, err := range []error{m.Flush(ctx), m.Stop(ctx), m.Close()} {
			if !errors.Is(err, pbuf.ErrInProcessor) {
				t.Errorf("from inside: %v, want ErrInProcessor", err)
			}
			refused.Add(1)
		}
	}
	hook := func(i pbuf.FlushInfo) { <-ready; all(context.Background(), i.Generation%100) }
	m = start(t, options{
		Partitions: 2, BatchSize: 3, FlushInterval: 200 * time.Microsecond,
		Processor: func(ctx context.Context, batch []entry) error {
			<-ready
			all(ctx, batch[0].Key)
			return nil
		},
		Hooks: pbuf.Hooks{FlushStart: hook, FlushStop: hook},
	})
	close(ready)
	var writers sync.WaitGroup
	for range 4 {
		writers.Go(func() {
			for i := range uint64(3000) {
				if err := m.Put(i%100, i); err != nil {
					t.Errorf("Put: %v", err)
				}
				if i%500 == 0 {
					if err := m.Flush(t.Context()); err != nil {
						t.Errorf("Flush: %v", err)
					}
				}
			}
		})
	}
	within(t, "the writers", writers.Wait)
	within(t, "Close", func() {
		if err := m.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	if calls.Load() == 0 || refused.Load() != 3*calls.Load() {
		t.Errorf("%d calls from inside, %d refusals", calls.Load(), refused.Load())
	}
	t.Logf("explored: %d calls of every method from inside", calls.Load())
}

// TestGoroutinesOfTheProcessorConcurrentSafe: a goroutine that the processor
// starts with its context and waits for is inside too.
func TestGoroutinesOfTheProcessorConcurrentSafe(t *testing.T) {
	var m *buffer
	ready := make(chan struct{})
	m = start(t, options{
		Partitions: 1, FlushInterval: time.Hour,
		Processor: func(ctx context.Context, _ []entry) error {
			<-ready
			answer := make(chan error)
			go func() { answer <- m.Flush(ctx) }()
			return <-answer
		},
	})
	close(ready)
	if err := m.Put(1, 1); err != nil {
		t.Fatal(err)
	}
	within(t, "Flush", func() {
		if err := m.Flush(t.Context()); !errors.Is(err, pbuf.ErrInProcessor) {
			t.Errorf("Flush = %v, want the processor's ErrInProcessor", err)
		}
	})
	within(t, "Close", func() { _ = m.Close() })
}
