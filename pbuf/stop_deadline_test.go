package pbuf_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/partitioned-buffer/go/pbuf"
)

var errPatience = errors.New("out of patience")

// grace is what Stop's doc promises to processors that have been cancelled.
const grace = 250 * time.Millisecond

// deadline is a context that ends after d with errPatience.
func deadline(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeoutCause(t.Context(), d, errPatience)
	t.Cleanup(cancel)
	return ctx
}

// three has the keys a, b, c buffered in one partition, in batches of one.
func three(t *testing.T, opts options) *pbuf.Map[string, int] {
	opts.Partitions, opts.FlushInterval = 1, never
	if opts.Processor != nil {
		opts.BatchSize = 1
	}
	dropFailures(&opts)
	m := start(t, opts)
	_, err := m.PutAll(pairs("a", "b", "c"))
	must(t, err)
	return m
}

// stop calls Stop and checks what it says, when, and what it leaves behind.
func stop(t *testing.T, m *pbuf.Map[string, int], ctx context.Context, after time.Duration, want ...entry) {
	t.Helper()
	began := time.Now()
	err := m.Stop(ctx)
	if d := time.Since(began); d != after {
		t.Errorf("Stop returned after %v, want %v", d, after)
	}
	if len(want) == 0 {
		must(t, err)
	} else {
		wantError(t, "Stop", err, errPatience)
	}
	var u *pbuf.UndeliveredError
	if errors.As(err, &u) && u.Count != len(want) {
		t.Errorf("Stop counts %d entries, want %d", u.Count, len(want))
	}
	if diff := cmp.Diff(want, slices.Collect(m.Undelivered())); diff != "" {
		t.Errorf("Undelivered (-want +got):\n%s", diff)
	}
	if s := m.Stats(); s.Undelivered != len(want) || s.InFlight != 0 || s.Size != 0 {
		t.Errorf("Stats = %+v, want %d undelivered, none in flight", s, len(want))
	}
}

// A processor that obeys its context: Stop ends with it, at the deadline.
func TestStopDeadlineWithAnObedientProcessor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := three(t, options{Processor: func(ctx context.Context, batch []entry) error {
			if batch[0].Key == "a" {
				return nil
			}
			<-ctx.Done()
			if err := context.Cause(ctx); !errors.Is(err, errPatience) {
				t.Errorf("the processor's context ended with %v, want Stop's cause", err)
			}
			return context.Cause(ctx)
		}})
		stop(t, m, deadline(t, time.Second), time.Second, entry{Key: "b", Value: 1, Attempts: 1}, entry{Key: "c", Value: 2})
	})
}

// A flush that Stop cut off has an error, though no call has failed.
func TestStopDeadlineIsTheErrorOfItsFlush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var info pbuf.FlushInfo
		m := three(t, options{
			Processor: func(context.Context, []entry) error { time.Sleep(600 * time.Millisecond); return nil },
			Hooks:     pbuf.Hooks{FlushStop: func(i pbuf.FlushInfo) { info = i }},
		})
		stop(t, m, deadline(t, 1100*time.Millisecond), 1200*time.Millisecond, entry{Key: "c", Value: 2})
		if info.Delivered != 2 || info.Failed != 0 || !errors.Is(info.Err, errPatience) {
			t.Errorf("FlushStop was told of %+v, want 2 delivered, no failure, and Stop's cause", info)
		}
	})
}

// What a processor still delivers in the grace is delivered.
func TestStopDeadlineGrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := three(t, options{Processor: func(ctx context.Context, batch []entry) error {
			<-ctx.Done()
			time.Sleep(grace / 2) // too late for the context, in time for Stop
			return nil
		}})
		stop(t, m, deadline(t, time.Second), time.Second+grace/2, entry{Key: "b", Value: 1}, entry{Key: "c", Value: 2})
		if s := m.Stats(); s.Delivered != 1 {
			t.Errorf("%d entries delivered, want the one of the grace", s.Delivered)
		}
	})
}

// A processor that comes back in its own time: Stop gives it up after the
// grace. What it does later changes nothing any more.
func TestStopDeadlineWithALateProcessor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, late := range []error{nil, errSink} {
			gate := newTurnstile[string, int]()
			ended := make(chan struct{})
			m := three(t, options{
				Processor: gate.process,
				Hooks: pbuf.Hooks{
					PartitionStop: func(pbuf.PartitionInfo) { close(ended) },
					FlushStop:     func(i pbuf.FlushInfo) { t.Errorf("FlushStop of a delivery that was given up: %+v", i) },
					BatchFailed:   func(i pbuf.BatchInfo) { t.Errorf("BatchFailed of a batch that was given up: %+v", i) },
				},
			})
			go func() { <-gate.in }()
			want := []entry{{Key: "a", Value: 0}, {Key: "b", Value: 1}, {Key: "c", Value: 2}}
			stop(t, m, deadline(t, time.Second), time.Second+grace, want...)
			before := m.Stats()
			gate.out <- late
			<-ended // the flusher ends, and asks for no more batches
			if diff := cmp.Diff(before, m.Stats()); diff != "" {
				t.Errorf("Stats after the late return (-before +after):\n%s", diff)
			}
			if diff := cmp.Diff(want, slices.Collect(m.Undelivered())); diff != "" {
				t.Errorf("Undelivered after the late return (-want +got):\n%s", diff)
			}
		}
	})
}

// The generation under way and the one that Stop retired are given up together,
// in the order in which they were due; a key of both is given up once, as what
// was written last.
func TestStopDeadlineGivesUpBothGenerations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newTurnstile[string, int]()
		m := three(t, options{Processor: gate.process, FlushThreshold: 3})
		<-gate.in // "a" of the first generation
		gate.out <- nil
		<-gate.in // "b"
		must(t, m.Put("b", 10))
		must(t, m.Put("d", 11))
		flushed := make(chan error, 1)
		go func() { flushed <- m.Flush(t.Context()) }()
		synctest.Wait()
		stop(t, m, deadline(t, time.Second), time.Second+grace,
			entry{Key: "c", Value: 2}, entry{Key: "b", Value: 10}, entry{Key: "d", Value: 11})
		wantError(t, "Flush", <-flushed, errPatience, "3 entries")
		gate.out <- nil
	})
}

func TestStopDeadlineOfATable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		read := make(chan []entry)
		m := three(t, options{TableProcessor: func(_ context.Context, table *pbuf.Table[string, int]) error {
			<-release
			read <- slices.Collect(table.All())
			return nil
		}})
		want := []entry{{Key: "a", Value: 0}, {Key: "b", Value: 1}, {Key: "c", Value: 2}}
		stop(t, m, deadline(t, time.Second), time.Second+grace, want...)
		close(release)
		if diff := cmp.Diff(want, <-read); diff != "" {
			t.Errorf("the late processor's table (-want +got):\n%s", diff)
		}
	})
}

// Of several Stops, the earliest deadline counts for all.
func TestStopEarliestDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newTurnstile[string, int]()
		m := three(t, options{Processor: gate.process})
		type answer struct {
			err   error
			after time.Duration
		}
		began := time.Now()
		answers := make(chan answer, 4)
		for _, d := range []time.Duration{time.Hour, time.Second, time.Second + grace/2, time.Second} {
			ctx := deadline(t, d)
			go func() {
				err := m.Stop(ctx)
				answers <- answer{err, time.Since(began)}
			}()
		}
		<-gate.in
		for range cap(answers) {
			a := <-answers
			wantError(t, "Stop", a.err, errPatience, "3 entries")
			if a.after != time.Second+grace {
				t.Errorf("a Stop returned after %v, want %v", a.after, time.Second+grace)
			}
		}
		gate.out <- nil
	})
}

// A context that has ended already leaves the processors the grace, no more.
func TestStopWithAnEndedContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errPatience)
		must(t, start(t, options{Processor: discard[string, int]}).Stop(ctx))

		m := three(t, options{Processor: func(ctx context.Context, _ []entry) error {
			<-ctx.Done()
			return context.Cause(ctx)
		}})
		stop(t, m, ctx, 0, entry{Key: "a", Value: 0}, entry{Key: "b", Value: 1}, entry{Key: "c", Value: 2})
	})
}

// What Stop says when its context ends in the middle of a try has the reason of the tries
// before it too.
func TestStopDeadlineTellsWhatFailedBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := start(t, options{Partitions: 1, FlushInterval: never, Processor: func(ctx context.Context, batch []entry) error {
			if len(batch) > 1 {
				return errDown
			}
			<-ctx.Done()
			return context.Cause(ctx)
		}})
		_, err := m.PutAll(pairs("a", "b", "c", "d"))
		must(t, err)
		err = m.Stop(deadline(t, 10*time.Second))
		wantError(t, "Stop", err, errPatience, "4 entries", errDown.Error())
		wantError(t, "Stop", err, errDown)
	})
}
