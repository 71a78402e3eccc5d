package pbuf_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/partitioned-buffer/go/pbuf"
)

// deliveryLog has the calls of the hooks that tell of failed deliveries and full
// buffers, by the hook's name: ProcessorStuck runs beside the others.
type deliveryLog struct {
	mu     sync.Mutex
	events []event
}

func (l *deliveryLog) add(hook string, info any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, event{hook, info})
}

func (l *deliveryLog) hooks() pbuf.Hooks {
	batch := func(name string) func(pbuf.BatchInfo) {
		return func(i pbuf.BatchInfo) {
			i.Incarnation = "" // random
			l.add(name, i)
		}
	}
	return pbuf.Hooks{
		ProcessorStuck: batch("ProcessorStuck"), Backoff: func(i pbuf.BackoffInfo) { l.add("Backoff", i) },
		DeadLettered: batch("DeadLettered"), Dropped: batch("Dropped"),
		Requeued: func(i pbuf.RequeueInfo) { i.Incarnation = ""; l.add("Requeued", i) },
		Full:     func(i pbuf.PartitionInfo) { l.add("Full", i) },
	}
}

// settled returns the calls so far, sorted by hook, and the time of a backoff,
// which is random, as what it must be.
func (l *deliveryLog) settled(t *testing.T) []event {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	events := slices.Clone(l.events)
	for i, e := range events {
		info, ok := e.Info.(pbuf.BackoffInfo)
		if !ok || e.Hook != "Backoff" {
			continue
		}
		if info.Duration < time.Second/2 || info.Duration > time.Second*3/2 {
			t.Errorf("Backoff of %v, want about a second", info.Duration)
		}
		info.Duration = time.Second
		events[i].Info = info
	}
	slices.SortStableFunc(events, func(a, b event) int { return strings.Compare(a.Hook, b.Hook) })
	return events
}

// Each hook of a delivery is called when its doc says so, with what it says, and
// at no other time.
func TestDeliveryHooks(t *testing.T) {
	info := func(number, entries int, d time.Duration, err error) pbuf.BatchInfo {
		b := pbuf.Batch{Name: "orders", Generation: 1, Number: number, Attempt: 1}
		return pbuf.BatchInfo{Batch: b, Entries: entries, Duration: d, Err: err}
	}
	backoff := event{"Backoff", pbuf.BackoffInfo{
		PartitionInfo: pbuf.PartitionInfo{Name: "orders", Partitions: 1}, Duration: time.Second, Err: errDown,
	}}
	requeued := func(number, entries int, skipped bool) event {
		return event{"Requeued", pbuf.RequeueInfo{BatchInfo: info(number, entries, 0, errDown), Skipped: skipped}}
	}
	const stuck = time.Second + 250*time.Millisecond // with the grace
	down := func(context.Context, []entry) error { return errDown }
	permanent := func(context.Context, []entry) error { return pbuf.Permanent(errDown) }
	// flushed puts keys and delivers them.
	flushed := func(keys ...string) func(*testing.T, *pbuf.Map[string, int]) {
		return func(t *testing.T, m *pbuf.Map[string, int]) {
			_, err := m.PutAll(pairs(keys...))
			must(t, err)
			wantError(t, "Flush", m.Flush(t.Context()), errDown)
		}
	}
	for name, test := range map[string]struct {
		options func(*options)
		do      func(*testing.T, *pbuf.Map[string, int])
		want    []event
	}{
		"a whole batch fails": {
			func(o *options) { o.Processor = down },
			flushed("a", "b", "c"),
			[]event{backoff, requeued(1, 3, false)},
		},
		"a part of it fails": {
			func(o *options) {
				o.Processor = func(_ context.Context, batch []entry) error { return pbuf.Failed(errDown, batch[0]) }
			},
			flushed("a", "b", "c"),
			[]event{requeued(1, 1, false)}, // the entry backs off, the partition does not
		},
		"the sink is down": {
			func(o *options) { o.Processor, o.BatchSize = down, 1 },
			flushed("a", "b", "c"),
			[]event{backoff, requeued(1, 1, false), requeued(2, 1, false), requeued(3, 1, true)},
		},
		"one given up by permanent error": {
			func(o *options) {
				o.Processor = func(_ context.Context, batch []entry) error {
					return pbuf.Failed(pbuf.Permanent(errDown), batch[0])
				}
			},
			flushed("a", "b", "c"),
			[]event{{"Dropped", info(1, 1, 0, errDown)}},
		},
		"given up after its attempts": {
			func(o *options) { o.Processor, o.Retry.MaxAttempts = down, 1 },
			flushed("a", "b"),
			[]event{backoff, {"Dropped", info(1, 2, 0, errDown)}},
		},
		"given up by policy": {
			func(o *options) { o.Processor, o.Retry = down, pbuf.Retry{Policy: pbuf.GiveUp} },
			flushed("a", "b"),
			[]event{{"Dropped", info(1, 2, 0, errDown)}},
		},
		"a dead letter": {
			func(o *options) {
				o.Processor = permanent
				o.DeadLetter = func(context.Context, []entry, error) error { return nil }
			},
			flushed("a", "b"),
			[]event{{"DeadLettered", info(1, 2, 0, errDown)}},
		},
		"a dead letter that nobody takes": {
			func(o *options) {
				o.Processor = permanent
				o.DeadLetter = func(context.Context, []entry, error) error { return errSink }
			},
			flushed("a", "b"),
			[]event{{"Dropped", info(1, 2, 0, errSink)}},
		},
		"full": {
			func(o *options) { o.Capacity, o.OnFull, o.Processor = 1, pbuf.Reject, discard[string, int] },
			func(t *testing.T, m *pbuf.Map[string, int]) {
				must(t, m.Put("a", 1))
				wantError(t, "Put", m.Put("b", 1), pbuf.ErrFull)
			},
			[]event{{"Full", pbuf.PartitionInfo{Name: "orders", Partitions: 1}}},
		},
		"dropped for want of room": {
			func(o *options) { o.Capacity, o.OnFull, o.Processor = 1, pbuf.DropNewest, discard[string, int] },
			func(t *testing.T, m *pbuf.Map[string, int]) {
				must(t, m.Put("a", 1))
				must(t, m.Put("b", 1))
				flush(t, m) // the delivery that this began may not know of it yet
			},
			[]event{{"Dropped", pbuf.BatchInfo{Batch: pbuf.Batch{Name: "orders"}, Entries: 1, Err: pbuf.ErrFull}}, {"Full", pbuf.PartitionInfo{Name: "orders", Partitions: 1}}},
		},
		"a stuck dead letter": {
			func(o *options) {
				o.Processor = func(_ context.Context, batch []entry) error {
					return pbuf.Failed(pbuf.Permanent(errDown), batch[0])
				}
				o.DeadLetter = func(context.Context, []entry, error) error {
					time.Sleep(2 * time.Second)
					return nil
				}
			},
			flushed("a", "b", "c"),
			[]event{
				{"DeadLettered", info(1, 1, 0, errDown)},
				{"ProcessorStuck", info(1, 1, stuck, context.DeadlineExceeded)},
			},
		},
		"a stuck processor": {
			func(o *options) {
				o.Processor = func(context.Context, []entry) error {
					time.Sleep(2 * time.Second)
					return nil
				}
			},
			func(t *testing.T, m *pbuf.Map[string, int]) {
				_, err := m.PutAll(pairs("a", "b"))
				must(t, err)
				flush(t, m)
			},
			[]event{{"ProcessorStuck", info(1, 2, stuck, context.DeadlineExceeded)}},
		},
		"an abandoned processor": {
			func(o *options) {
				o.AbandonStuck, o.Retry = true, pbuf.Retry{Policy: pbuf.GiveUp}
				o.Processor = func(context.Context, []entry) error {
					time.Sleep(2 * time.Second)
					return nil
				}
			},
			func(t *testing.T, m *pbuf.Map[string, int]) {
				_, err := m.PutAll(pairs("a", "b"))
				must(t, err)
				wantError(t, "Flush", m.Flush(t.Context()), pbuf.ErrAbandoned)
			},
			[]event{
				{"Dropped", info(1, 2, 0, pbuf.ErrAbandoned)},
				{"ProcessorStuck", info(1, 2, stuck, pbuf.ErrAbandoned)},
			},
		},
		"a processor that is late": {
			func(o *options) {
				o.Processor = func(context.Context, []entry) error {
					time.Sleep(time.Second + 200*time.Millisecond) // within the grace
					return nil
				}
			},
			func(t *testing.T, m *pbuf.Map[string, int]) {
				must(t, m.Put("a", 1))
				flush(t, m)
			},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log deliveryLog
				o := options{
					Name: "orders", Partitions: 1, FlushInterval: never, ProcessorTimeout: time.Second,
					Retry: pbuf.Retry{InitialBackoff: time.Second, MaxBackoff: time.Minute},
					Hooks: log.hooks(),
				}
				test.options(&o)
				m := start(t, o)
				test.do(t, m)
				synctest.Wait()
				if diff := cmp.Diff(test.want, log.settled(t), cmpopts.EquateErrors()); diff != "" {
					t.Errorf("calls of hooks (-want +got):\n%s", diff)
				}
				time.Sleep(5 * time.Second) // until abandoned ones return
			})
		})
	}
}

// What a newer write replaced while it was in flight is told apart, and so is
// DeadLetter's error from the processor's.
func TestDeliveryHooksTellReasons(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newTurnstile[string, int]()
		var requeued []pbuf.RequeueInfo
		var dropped []error
		m := start(t, options{
			Partitions: 1, FlushInterval: never, Processor: gate.process,
			DeadLetter: func(context.Context, []entry, error) error { return errSink },
			Hooks: pbuf.Hooks{
				Requeued: func(i pbuf.RequeueInfo) { requeued = append(requeued, i) },
				Dropped:  func(i pbuf.BatchInfo) { dropped = append(dropped, i.Err) },
			},
		})
		_, err := m.PutAll(pairs("a", "b", "c"))
		must(t, err)
		done := make(chan error, 1)
		go func() { done <- m.Flush(t.Context()) }()
		batch := <-gate.in
		must(t, m.Put("a", 2))
		gate.out <- pbuf.Failed(errDown, batch...)
		wantError(t, "Flush", <-done, errDown, "2 entries")
		synctest.Wait()
		if len(requeued) != 1 || requeued[0].Entries != 2 || requeued[0].Overwritten != 1 {
			t.Errorf("Requeued: %+v, want 2 entries and one overwritten", requeued)
		}
		go func() { done <- m.Flush(t.Context()) }()
		<-gate.in
		gate.out <- nil
		<-gate.in // those that failed before
		gate.out <- pbuf.Permanent(errDown)
		wantError(t, "Flush", <-done, errDown, "2 entries")
		synctest.Wait()
		if len(dropped) != 1 || !errors.Is(dropped[0], errSink) || !errors.Is(dropped[0], errDown) {
			t.Errorf("Dropped: %v, want both reasons once", dropped)
		}
	})
}
