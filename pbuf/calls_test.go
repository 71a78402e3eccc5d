package pbuf_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/partitioned-buffer/go/pbuf"
)

// An abandoned call that returns long after, while another call of its entry is under
// way, changes nothing: its nil is not the other's, its batch is its own, and it takes
// no further batch.
func TestAbandonedCallThatReturnsLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gates := []*turnstile[string, int]{newTurnstile[string, int](), nil, newTurnstile[string, int]()}
		var mu sync.Mutex // an abandoned call runs beside the others
		var batches [][]entry
		m := start(t, options{
			Partitions: 1, FlushInterval: never, BatchSize: 1, ProcessorTimeout: time.Second, AbandonStuck: true,
			Processor: func(ctx context.Context, batch []entry) error {
				mu.Lock()
				batches = append(batches, batch)
				n := len(batches)
				mu.Unlock()
				if n <= len(gates) && gates[n-1] != nil {
					return gates[n-1].process(ctx, batch)
				}
				return nil
			},
		})
		_, err := m.PutAll(pairs("a", "b"))
		must(t, err)
		done := make(chan error, 1)
		go func() { done <- m.Flush(t.Context()) }()
		want := <-gates[0].in
		wantError(t, "Flush", <-done, pbuf.ErrAbandoned, "1 entries")
		_, err = m.PutAll(pairs("c", "d", "e"))
		must(t, err)
		before := balanced(t, m)
		if before.Delivered != 1 || before.Stuck != 1 {
			t.Errorf("Stats = %+v, want the other batch delivered", before)
		}
		go func() { done <- m.Flush(t.Context()) }()
		<-gates[2].in
		gates[0].out <- nil
		synctest.Wait()
		if s := balanced(t, m); len(batches) != 3 || s.Delivered != 1 || s.InFlight != 4 || s.Stuck != 0 {
			t.Errorf("after the late nil: %d calls, Stats = %+v", len(batches), s)
		}
		if diff := cmp.Diff(want, batches[0]); diff != "" {
			t.Errorf("the abandoned call's batch has changed (-want +got):\n%s", diff)
		}
		gates[2].out <- errSink
		wantError(t, "Flush", <-done, errSink, "1 entries")
		if s := balanced(t, m); s.Delivered != 4 || s.Size != 1 || s.Failed != 2 || s.CallsTimedOut != 1 {
			t.Errorf("Stats = %+v, want all but one delivered", s)
		}
	})
}

// Calls that follow each other have each their own time, though all together take
// longer than any may.
func TestEachCallHasItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const calls, timeout, takes = 10, time.Second, 900 * time.Millisecond
		var left []time.Duration
		var books []string
		var m *pbuf.Map[int, int]
		m = start(t, pbuf.Options[int, int]{
			Partitions: 1, FlushInterval: never, BatchSize: 2, ProcessorTimeout: timeout,
			Processor: func(ctx context.Context, batch []pbuf.Entry[int, int]) error {
				s := balanced(t, m)
				books = append(books, fmt.Sprint(s.Batches, s.Delivered, s.InFlight, s.LastDuration))
				deadline, _ := ctx.Deadline()
				left = append(left, time.Until(deadline))
				time.Sleep(takes)
				return ctx.Err()
			},
			Hooks: pbuf.Hooks{ProcessorStuck: func(i pbuf.BatchInfo) { t.Errorf("stuck: %+v", i) }},
		})
		for k := range 2 * calls {
			must(t, m.Put(k, k))
		}
		flush(t, m)
		for i := range calls {
			took := takes
			if i == 0 {
				took = 0
			}
			if want := fmt.Sprint(i, 2*i, 2*calls-2*i, took); books[i] != want || left[i] != timeout {
				t.Errorf("call %d: %s with %v left, want %s, %v", i, books[i], left[i], want, timeout)
			}
		}
	})
}

// Of calls that follow each other a late one is reported, at its time, and those after
// it go on.
func TestOneOfManyCallsIsStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const late = 3
		calls := 0
		var reports []pbuf.BatchInfo
		m := start(t, pbuf.Options[int, int]{
			Partitions: 1, FlushInterval: never, BatchSize: 1, ProcessorTimeout: time.Second,
			Processor: func(context.Context, []pbuf.Entry[int, int]) error {
				if calls++; calls == late {
					time.Sleep(time.Minute)
				} else {
					time.Sleep(700 * time.Millisecond)
				}
				return nil
			},
			Hooks: pbuf.Hooks{ProcessorStuck: func(i pbuf.BatchInfo) { reports = append(reports, i) }},
		})
		for k := range 6 {
			must(t, m.Put(k, k))
		}
		flush(t, m)
		synctest.Wait() // the hook has a goroutine of its own
		if len(reports) != 1 || reports[0].Number != late || reports[0].Duration != time.Second+grace || reports[0].Entries != 1 {
			t.Errorf("reports = %+v", reports)
		}
		if s := balanced(t, m); calls != 6 || s.Delivered != 6 || s.Batches != 6 || s.Stuck != 0 || s.CallsFailed != 0 || s.WorstDuration != time.Minute {
			t.Errorf("%d calls, Stats = %+v", calls, s)
		}
	})
}
