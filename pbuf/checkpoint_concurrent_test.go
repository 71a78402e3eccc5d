package pbuf_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// Writers own their keys. When a checkpoint is done, what its writer had written is
// delivered, in order of the calls, whatever fails.
func TestCheckpointConcurrentSafe(t *testing.T) {
	const keys, rounds = 20, 300
	type key struct{ writer, n int }
	var delivered [writers][keys]atomic.Int64
	m := start(t, pbuf.Options[key, int64]{
		Partitions: 3, FlushInterval: 100 * time.Microsecond, BatchSize: 7, FlushThreshold: 11,
		Retry: pbuf.Retry{InitialBackoff: 100 * time.Microsecond, MaxBackoff: time.Millisecond},
		Processor: func(_ context.Context, batch []pbuf.Entry[key, int64]) error {
			n := 0
			if rand.N(3) == 0 {
				n = rand.N(len(batch) + 1)
			}
			for _, e := range batch[n:] {
				delivered[e.Key.writer][e.Key.n].Store(e.Value)
			}
			if n == 0 {
				return nil
			}
			return pbuf.Failed(errSink, batch[:n]...)
		},
	})
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			var last *pbuf.Checkpoint
			for i := int64(1); i <= rounds; i++ {
				var want [keys]int64
				for n := range keys {
					if want[n] = i*keys + int64(n); n%3 == 0 || i%5 == 0 {
						must(t, m.Put(key{w, n}, want[n]))
					} else {
						want[n] = 0
					}
				}
				c, before := m.Checkpoint(), last
				last = c
				wg.Go(func() {
					if err := c.Wait(t.Context()); err != nil && !errors.Is(err, context.Canceled) {
						t.Errorf("Wait = %v", err)
					}
					if before != nil && !isDone(before) {
						t.Error("a later checkpoint is done before an earlier one")
					}
					for n := range keys {
						if got := delivered[w][n].Load(); got < want[n] {
							t.Errorf("done with %d delivered, %d written", got, want[n])
						}
					}
				})
				if i%20 == 0 {
					must(t, c.Wait(t.Context()))
				}
			}
		})
	}
	wg.Wait()
}

// Checkpoints beside Stop, and losses: all are done, and those without an error cover
// nothing that is undelivered.
func TestCheckpointBesideStopConcurrentSafe(t *testing.T) {
	for range 50 {
		var delivered [writers]atomic.Int64
		m, err := pbuf.New(pbuf.Options[int, int64]{
			Partitions: 2, FlushInterval: 100 * time.Microsecond,
			Retry: pbuf.Retry{InitialBackoff: 100 * time.Microsecond, MaxBackoff: time.Millisecond},
			Processor: func(_ context.Context, batch []pbuf.Entry[int, int64]) error {
				if rand.N(2) == 0 {
					return errSink
				}
				for _, e := range batch {
					delivered[e.Key].Store(e.Value)
				}
				return nil
			},
		})
		must(t, err)
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := int64(1); ; i++ {
					if m.Put(w, i) != nil {
						return
					}
					c := m.Checkpoint()
					wg.Go(func() {
						<-c.Done()
						if got := delivered[w].Load(); c.Err() == nil && got < i {
							t.Errorf("done without an error with %d delivered, %d written", got, i)
						}
					})
				}
			})
		}
		time.Sleep(time.Millisecond)
		_ = m.Close()
		wg.Wait()
	}
}
