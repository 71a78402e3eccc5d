package pbuf_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// wantHealth says why the buffer is not well; nil: it is.
func wantHealth(t *testing.T, when string, m *pbuf.Map[string, int], reason error, since time.Time, cause error) {
	t.Helper()
	synctest.Wait()
	err := m.Health()
	if reason == nil {
		if err != nil {
			t.Errorf("%s: Health = %v, want nil", when, err)
		}
		return
	}
	var h *pbuf.HealthError
	if !errors.As(err, &h) || !errors.Is(err, reason) || !h.Since.Equal(since) || h.Partitions != 1 {
		t.Errorf("%s: Health = %+v, want %v since %v in one partition", when, err, reason, since)
		return
	}
	if cause != nil && !errors.Is(err, cause) || !strings.HasPrefix(err.Error(), "pbuf: ") {
		t.Errorf("%s: Health = %v, want the cause %v", when, err, cause)
	}
}

// downAsHealth are hooks that say if a flush and Health do not agree.
func downAsHealth(t *testing.T, m **pbuf.Map[string, int]) pbuf.Hooks {
	return pbuf.Hooks{FlushStop: func(i pbuf.FlushInfo) {
		if err := (*m).Health(); !errors.Is(err, pbuf.ErrClosed) && i.Down != errors.Is(err, pbuf.ErrDown) {
			t.Errorf("FlushStop is told %+v while Health = %v", i, err)
		}
	}}
}

func TestHealthOfASinkThatIsDown(t *testing.T) {
	for name, policy := range map[string]pbuf.RetryPolicy{"Requeue": pbuf.Requeue, "Replay": pbuf.Replay, "GiveUp": pbuf.GiveUp} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				down := false
				var m *pbuf.Map[string, int]
				m = start(t, options{
					Partitions: 1, FlushInterval: time.Second, Retry: pbuf.Retry{Policy: policy}, Hooks: downAsHealth(t, &m),
					Processor: func(_ context.Context, _ []entry) error {
						if down {
							return errSink
						}
						return nil
					},
				})
				wantHealth(t, "at first", m, nil, time.Time{}, nil)
				must(t, m.Put("k", 1))
				flush(t, m)
				wantHealth(t, "after a delivery", m, nil, time.Time{}, nil)
				down = true
				must(t, m.Put("k", 2))
				began := time.Now()
				ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
				defer cancel()
				wantError(t, "Flush", m.Flush(ctx), errSink)
				wantHealth(t, "after a failure", m, pbuf.ErrDown, began, errSink)
				time.Sleep(time.Hour)
				wantHealth(t, "an hour later", m, pbuf.ErrDown, began, errSink)
				s := m.Stats()
				if s.ConsecutiveFailures == 0 || s.LastError != errSink || !s.LastSuccess.Equal(began) || s.CallsFailed == 0 { //nolint:errorlint // itself
					t.Errorf("Stats = %+v", s.PartitionStats)
				}
				if policy != pbuf.GiveUp && (s.OldestAge < time.Hour || s.OldestAge > time.Hour+2*time.Second) {
					t.Errorf("the oldest entry is %v old, want an hour", s.OldestAge)
				}
				down = false
				must(t, m.Put("k", 3))
				flush(t, m)
				wantHealth(t, "back again", m, nil, time.Time{}, nil)
				if s := m.Stats(); s.ConsecutiveFailures != 0 || s.OldestAge != 0 {
					t.Errorf("Stats = %+v, want no failures and no age", s.PartitionStats)
				}
			})
		})
	}
}

// A batch that is replayed is all that its partition does: what was delivered before it,
// in the same flush, is no sign of life.
func TestHealthWhileABatchIsReplayed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var down atomic.Bool
		m := start(t, options{
			Partitions: 1, FlushInterval: never, BatchSize: 1, Retry: pbuf.Retry{Policy: pbuf.Replay},
			Processor: func(_ context.Context, _ []entry) error {
				time.Sleep(time.Second)
				if down.Load() {
					return errSink
				}
				down.Store(true)
				return nil
			},
		})
		_, err := m.PutAll(pairs("a", "b"))
		must(t, err)
		delivered := time.Now().Add(time.Second)
		wantError(t, "Flush", m.Flush(t.Context()), errSink)
		wantHealth(t, "after one delivery and one failure", m, nil, time.Time{}, nil)
		time.Sleep(time.Minute)
		wantHealth(t, "a minute later", m, pbuf.ErrDown, delivered, errSink)
		down.Store(false)
		flush(t, m)
		wantHealth(t, "when it is delivered", m, nil, time.Time{}, nil)
	})
}

// One entry that fails beside others is no reason, nor is one that is given up.
func TestHealthBesideAPoisonEntry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m *pbuf.Map[string, int]
		m = start(t, options{
			Partitions: 1, FlushInterval: time.Second, Hooks: downAsHealth(t, &m),
			Processor: func(_ context.Context, batch []entry) error {
				for _, e := range batch {
					switch e.Key {
					case "poison":
						return pbuf.Failed(errSink, e)
					case "bad":
						return pbuf.Permanent(errSink)
					}
				}
				return nil
			},
		})
		must(t, m.Put("poison", 1))
		for range 600 {
			must(t, m.Put("fine", 1))
			time.Sleep(time.Second)
			wantHealth(t, "beside a poison entry", m, nil, time.Time{}, nil)
		}
		if s := m.Stats(); s.OldestAge < 599*time.Second || s.OldestAge > 601*time.Second {
			t.Errorf("the oldest entry is %v old, want that of the poison one, 600 s", s.OldestAge)
		}
		_, err := m.Delete("poison")
		must(t, err)
		must(t, m.Put("bad", 1))
		flush := m.Flush(t.Context())
		wantError(t, "Flush", flush, errSink)
		wantHealth(t, "after one that was given up", m, nil, time.Time{}, nil)
	})
}

func TestHealthOfAStuckProcessor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		m := start(t, options{
			Partitions: 1, FlushInterval: never, ProcessorTimeout: time.Second,
			Processor: func(context.Context, []entry) error { <-release; return nil },
		})
		must(t, m.Put("k", 1))
		began := time.Now()
		done := make(chan error, 1)
		go func() { done <- m.Flush(t.Context()) }()
		time.Sleep(time.Second + grace - 1)
		wantHealth(t, "in time", m, nil, time.Time{}, nil)
		time.Sleep(time.Hour)
		wantHealth(t, "stuck", m, pbuf.ErrStuck, began.Add(time.Second+grace), nil)
		close(release)
		must(t, <-done)
		wantHealth(t, "after it returned", m, nil, time.Time{}, nil)
	})
}

func TestHealthOfAStoppedBuffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := start(t, options{Partitions: 1, FlushInterval: never, Processor: func(context.Context, []entry) error { return errSink }})
		must(t, m.Put("k", 1))
		time.Sleep(time.Hour)
		began := time.Now()
		wantError(t, "Close", m.Close(), errSink)
		time.Sleep(time.Hour)
		wantHealth(t, "stopped", m, pbuf.ErrClosed, began, errSink)
		var zero pbuf.Map[string, int]
		wantError(t, "Health of the zero Map", zero.Health(), pbuf.ErrClosed)
	})
}

// How calls end, and what becomes of writes in a full buffer.
func TestStatsTellWhatWentWrong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		next := ""
		m := start(t, options{
			Partitions: 1, FlushInterval: never, ProcessorTimeout: time.Second, Capacity: 1,
			Retry: pbuf.Retry{Policy: pbuf.GiveUp},
			Processor: func(ctx context.Context, _ []entry) error {
				switch next {
				case "fails":
					return errSink
				case "panics":
					panic(errSink)
				case "is late":
					<-ctx.Done()
					return ctx.Err()
				}
				time.Sleep(time.Minute)
				return nil
			},
		})
		for _, next = range []string{"fails", "panics", "is late", "delivers"} {
			must(t, m.Put("k", 1))
			_ = m.Flush(t.Context()) // Stats are what we look at
		}
		must(t, m.Put("k", 1))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		wantError(t, "PutContext", m.PutContext(ctx, "l", 1), pbuf.ErrFull) // it flushes, for a minute
		s := m.Stats()
		if s.CallsFailed != 3 || s.CallsPanicked != 1 || s.CallsTimedOut != 1 {
			t.Errorf("%d calls failed, %d panicked, %d timed out; want 3, 1, 1", s.CallsFailed, s.CallsPanicked, s.CallsTimedOut)
		}
		if s.WritesBlocked != 1 || s.WritesRefused != 1 {
			t.Errorf("%d writes blocked, %d refused; want 1, 1", s.WritesBlocked, s.WritesRefused)
		}
		if s.Dropped != 3 || s.DroppedGivenUp != 3 || s.DroppedNoRoom != 0 {
			t.Errorf("%d dropped, %d given up, %d without room; want 3, 3, 0", s.Dropped, s.DroppedGivenUp, s.DroppedNoRoom)
		}
		if worst := m.ResetWorstDuration(); worst != time.Minute || m.Stats().WorstDuration != 0 {
			t.Errorf("the worst call took %v, and then %v; want 1m, 0", worst, m.Stats().WorstDuration)
		}
	})
}

// The methods of errors that Stats and Health show are not called.
func TestErrorsInStatsAreNotAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := start(t, options{
			Partitions: 1, FlushInterval: never, Processor: func(context.Context, []entry) error { return hostile{} },
		})
		must(t, m.Put("k", 1))
		if m.Flush(t.Context()) == nil {
			t.Error("Flush = nil")
		}
		if m.Stats().LastError == nil || m.Health() == nil {
			t.Error("Stats and Health know of no error")
		}
	})
}

// hostile is an error whose text panics.
type hostile struct{}

func (hostile) Error() string { panic("do not ask") }
