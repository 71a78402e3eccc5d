package pbuf_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

func TestCheckpointsOfAFullBuffer(t *testing.T) {
	t.Run("DropNewest", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			gate := newTurnstile[string, int]()
			m := start(t, options{
				Partitions: 1, FlushInterval: never, Capacity: 1, OnFull: pbuf.DropNewest, Processor: gate.process,
			})
			must(t, m.Put("a", 1))
			before := m.Checkpoint()
			go func() { _ = m.Flush(t.Context()) }()
			<-gate.in
			must(t, m.Put("b", 1)) // dropped: a is in flight
			after := m.Checkpoint()
			gate.out <- nil
			wantSafe(t, "before the drop", before)
			wantLost(t, "after the drop", after, 1, pbuf.ErrFull)
			wantSafe(t, "the next", m.Checkpoint())
		})
	})
	t.Run("DropOldest", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			gate := newTurnstile[string, int]()
			m := start(t, options{Partitions: 1, FlushInterval: never, Capacity: 3, OnFull: pbuf.DropOldest, Processor: gate.process})
			must(t, m.Put("in flight", 1))
			first := m.Checkpoint()
			go func() { _ = m.Flush(t.Context()) }()
			<-gate.in
			must(t, m.Put("a", 1))
			must(t, m.Put("b", 1))
			second := m.Checkpoint()
			must(t, m.Put("c", 1)) // for a
			third := m.Checkpoint()
			gate.out <- nil
			wantSafe(t, "of what was in flight", first)
			<-gate.in // a full buffer is flushed at once
			gate.out <- nil
			wantLost(t, "before the drop", second, 1, pbuf.ErrFull)
			wantLost(t, "after it", third, 1, pbuf.ErrFull)
			wantSafe(t, "the next", m.Checkpoint())
		})
	})
}

func TestStopSettlesCheckpoints(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newTurnstile[string, int]()
		m := start(t, options{Partitions: 1, FlushInterval: never, BatchSize: 1, Processor: gate.process})
		must(t, m.Put("a", 1))
		go func() { _ = m.Flush(t.Context()) }()
		<-gate.in
		first := m.Checkpoint()
		must(t, m.Put("b", 1))
		must(t, m.Put("c", 1))
		second := m.Checkpoint()
		done := make(chan error, 1)
		go func() { done <- m.Close() }()
		synctest.Wait()
		third := m.Checkpoint() // Stop has begun
		wantWaiting(t, "while Stop waits", first)
		wantWaiting(t, "while Stop waits", third)
		gate.out <- nil
		<-gate.in
		wantSafe(t, "of what was in flight", first)
		gate.out <- errSink
		<-gate.in
		gate.out <- nil
		wantError(t, "Close", <-done, errSink, "1 entries")
		wantLost(t, "with one undelivered", second, 1, errSink)
		wantLost(t, "made while it stopped", third, 1, errSink)
		fourth := m.Checkpoint()
		if !isDone(fourth) {
			t.Error("a checkpoint of a stopped buffer waits")
		}
		wantError(t, "Err", fourth.Err(), pbuf.ErrClosed)
		wantError(t, "Wait", fourth.Wait(t.Context()), pbuf.ErrClosed)
	})
}

func TestWaitForACheckpoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		errPatience := errors.New("out of patience")
		var m *pbuf.Map[string, int]
		var before *pbuf.Checkpoint
		m = start(t, options{Partitions: 1, FlushInterval: never, Processor: func(ctx context.Context, _ []entry) error {
			wantError(t, "Wait inside", m.Checkpoint().Wait(ctx), pbuf.ErrInProcessor)
			wantError(t, "Wait inside, without the context", m.Checkpoint().Wait(context.Background()), pbuf.ErrInProcessor)
			must(t, before.Wait(ctx)) // done already
			return nil
		}})
		before = m.Checkpoint()
		must(t, m.Put("k", 1))
		c := m.Checkpoint()
		var none context.Context
		wantError(t, "Wait", c.Wait(none), pbuf.ErrArgument, "Wait", "context")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errPatience)
		defer cancel()
		if err := c.Wait(ctx); err != errPatience { //nolint:errorlint // itself
			t.Errorf("Wait = %v, want the context's cause", err)
		}
		flush(t, m)
		if err := c.Wait(ctx); err != nil {
			t.Errorf("Wait = %v, want nil, though the context has ended", err)
		}
	})
}

// A dead sink is not called more often because of checkpoints.
func TestCheckpointForcesNothing(t *testing.T) {
	calls := func(t *testing.T, each func(*pbuf.Map[string, int])) (n int) {
		synctest.Test(t, func(t *testing.T) {
			m := start(t, options{
				Partitions: 1, FlushInterval: time.Second, Retry: pbuf.Retry{InitialBackoff: time.Minute},
				Processor: func(context.Context, []entry) error { n++; return errSink },
			})
			for range 600 {
				must(t, m.Put("k", 1))
				each(m)
				time.Sleep(time.Second)
			}
		})
		return n
	}
	without := calls(t, func(*pbuf.Map[string, int]) {})
	with := calls(t, func(m *pbuf.Map[string, int]) { m.Checkpoint() })
	if with > without+without/2+3 || without == 0 {
		t.Errorf("%d calls with checkpoints, %d without", with, without)
	}
}
