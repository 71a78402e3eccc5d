package pbuf_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/partitioned-buffer/go/pbuf"
)

// A processor that ignores its context is reported, and its partition waits.
func TestStuckProcessor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var reports []pbuf.BatchInfo
		gate := newTurnstile[uint64, int]()
		opts := everyPartition(nil)
		opts.ProcessorTimeout = time.Second
		opts.Hooks.ProcessorStuck = func(i pbuf.BatchInfo) { reports = append(reports, i) }
		opts.Processor = func(ctx context.Context, batch []pbuf.Entry[uint64, int]) error {
			if batch[0].Key == 0 {
				return gate.process(ctx, batch)
			}
			return nil
		}
		m := start(t, opts)
		must(t, m.Put(0, 1))
		done := make(chan error, 1)
		go func() { done <- m.Flush(t.Context()) }()
		<-gate.in
		time.Sleep(time.Minute)
		synctest.Wait()
		if s := m.Stats(); s.Stuck != 1 || len(reports) != 1 || reports[0].Duration != time.Second+250*time.Millisecond {
			t.Errorf("Stuck = %d, reports %+v", s.Stuck, reports)
		}
		must(t, m.Put(1, 1)) // another partition goes on
		go func() { _ = m.Flush(t.Context()) }()
		synctest.Wait()
		if s := m.Stats(); s.Delivered != 1 || s.InFlight != 1 {
			t.Errorf("Stats = %+v", s.PartitionStats)
		}
		gate.out <- nil
		must(t, <-done)
		if s := balanced(t, m); s.Stuck != 0 || s.Delivered != 2 {
			t.Errorf("Stats = %+v", s)
		}
	})
}

// With AbandonStuck the flusher goes on, and the entries come again.
func TestAbandonStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newTurnstile[string, int]()
		var got recorder[string, int]
		var retry atomic.Bool
		m := start(t, options{
			Partitions: 1, FlushInterval: never, ProcessorTimeout: time.Second, AbandonStuck: true,
			Processor: func(ctx context.Context, batch []entry) error {
				if !retry.Swap(true) {
					return gate.process(ctx, batch)
				}
				return got.process(ctx, batch)
			},
		})
		must(t, m.Put("k", 1))
		done := make(chan error, 1)
		go func() { done <- m.Flush(t.Context()) }()
		<-gate.in
		wantError(t, "Flush", <-done, pbuf.ErrAbandoned, "1 entries")
		time.Sleep(time.Second) // the backoff
		synctest.Wait()
		if diff := cmp.Diff([]entry{{Key: "k", Value: 1, Attempts: 1}}, got.entries()); diff != "" {
			t.Errorf("the retry (-want +got):\n%s", diff)
		}
		if s := balanced(t, m); s.Stuck != 1 || s.Delivered != 1 {
			t.Errorf("Stats = %+v", s)
		}
		gate.out <- nil
		synctest.Wait()
		if s := balanced(t, m); s.Stuck != 0 || s.Delivered != 1 {
			t.Errorf("Stats after the return = %+v", s)
		}
	})
}
