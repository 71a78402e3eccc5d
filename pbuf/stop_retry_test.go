package pbuf_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/partitioned-buffer/go/pbuf"
)

// recovering fails until it is back.
type recovering struct {
	back  time.Time
	calls []time.Time
	got   map[string]entry
}

func (s *recovering) process(_ context.Context, batch []entry) error {
	s.calls = append(s.calls, time.Now())
	if time.Now().Before(s.back) {
		return errDown
	}
	for _, e := range batch {
		s.got[e.Key] = e
	}
	return nil
}

func recoverAfter(d time.Duration) *recovering {
	return &recovering{back: time.Now().Add(d), got: map[string]entry{}}
}

// A sink that is back before Stop's deadline has everything.
func TestStopRetriesUntilItsDeadline(t *testing.T) {
	for _, policy := range []pbuf.RetryPolicy{pbuf.Requeue, pbuf.Replay} {
		for _, back := range []time.Duration{0, time.Millisecond, time.Second, 5 * time.Second, 9*time.Second + 500*time.Millisecond} {
			t.Run(fmt.Sprint(policy, " ", back), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					sink := recoverAfter(back)
					m := start(t, options{
						Partitions: 1, FlushInterval: never, BatchSize: 2, Processor: sink.process, Retry: pbuf.Retry{Policy: policy},
					})
					_, err := m.PutAll(pairs("a", "b", "c", "d", "e"))
					must(t, err)
					began := time.Now()
					must(t, m.Stop(deadline(t, 10*time.Second)))
					if s := balanced(t, m); len(sink.got) != 5 || s.Delivered != 5 || s.InFlight != 0 {
						t.Errorf("delivered %v: %+v", sink.got, s)
					}
					if took := time.Since(began); took < back || len(sink.calls) > 40 {
						t.Errorf("Stop took %v and %d calls", took, len(sink.calls))
					}
				})
			})
		}
	}
}

// The last try begins before the deadline; what fails then is undelivered, and Stop
// is back by the deadline.
func TestStopOfADeadSink(t *testing.T) {
	for _, policy := range []pbuf.RetryPolicy{pbuf.Requeue, pbuf.Replay} {
		t.Run(policy.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sink := recoverAfter(time.Hour)
				m := start(t, options{Partitions: 1, FlushInterval: never, Processor: sink.process, Retry: pbuf.Retry{Policy: policy}})
				must(t, m.Put("a", 1))
				began := time.Now()
				err := m.Stop(deadline(t, 10*time.Second))
				took := time.Since(began)
				wantError(t, "Stop", err, errDown, "1 entries")
				n := len(sink.calls)
				if last := sink.calls[n-1].Sub(began); n < 6 || n > 25 || last < 9*time.Second || last >= 10*time.Second || took > 10*time.Second {
					t.Errorf("%d calls, the last after %v of %v", n, last, took)
				}
				if got := slices.Collect(m.Undelivered()); len(got) != 1 || int(got[0].Attempts) != n {
					t.Errorf("Undelivered = %+v after %d calls", got, n)
				}
				balanced(t, m)
			})
		})
	}
}

// Close, and a context without a deadline, try everything once.
func TestStopWithoutADeadlineTriesOnce(t *testing.T) {
	for _, policy := range []pbuf.RetryPolicy{pbuf.Requeue, pbuf.Replay} {
		t.Run(policy.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tries := map[string]int{}
				m := start(t, options{
					Partitions: 1, FlushInterval: never, BatchSize: 1, Retry: pbuf.Retry{Policy: policy, InitialBackoff: time.Hour},
					Processor: func(_ context.Context, batch []entry) error {
						tries[batch[0].Key]++
						return errDown
					},
				})
				_, err := m.PutAll(pairs("a", "b", "c", "d"))
				must(t, err)
				began := time.Now()
				wantError(t, "Close", m.Close(), errDown, "4 entries")
				if diff := cmp.Diff(map[string]int{"a": 1, "b": 1, "c": 1, "d": 1}, tries); diff != "" || time.Since(began) > 0 {
					t.Errorf("after %v, tries (-want +got):\n%s", time.Since(began), diff)
				}
				balanced(t, m)
			})
		})
	}
}

// What failed in the delivery under way is combined with what Stop retired, and
// what is newer wins, until the end.
func TestStopCombinesWhatFails(t *testing.T) {
	for _, merge := range []bool{false, true} {
		t.Run(fmt.Sprint("merge ", merge), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				gate, failures := newTurnstile[string, int](), 3
				got := map[string]int{}
				o := options{
					Partitions: 1, FlushInterval: never,
					Processor: func(ctx context.Context, batch []entry) error {
						if failures--; failures == 2 {
							return gate.process(ctx, batch)
						}
						if failures > 0 {
							return errDown
						}
						for _, e := range batch {
							got[e.Key] = e.Value
						}
						return nil
					},
				}
				want := map[string]int{"a": 1, "b": 5, "c": 7}
				if merge {
					o.Merge = func(_ string, old, new int) int { return old + new }
					want["b"] = 6
				}
				m := start(t, o)
				must(t, m.Put("a", 1))
				must(t, m.Put("b", 1))
				go func() { _ = m.Flush(t.Context()) }()
				<-gate.in
				must(t, m.Put("b", 5))
				must(t, m.Put("c", 7))
				stopped := make(chan error, 1)
				go func() { stopped <- m.Stop(deadline(t, 10*time.Second)) }()
				synctest.Wait()
				gate.out <- errDown
				synctest.Wait()
				balanced(t, m)
				if _, place := m.Lookup("a"); place != pbuf.InFlight {
					t.Errorf("a is %v while it waits for another try", place)
				}
				must(t, <-stopped)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("delivered (-want +got):\n%s", diff)
				}
				if s := balanced(t, m); s.Overwritten != 1 || s.Accepted != 4 {
					t.Errorf("Stats = %+v", s)
				}
			})
		})
	}
}

// Of several Stops the earliest deadline counts for the tries too.
func TestStopWithAnEarlierDeadlineToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := recoverAfter(time.Hour)
		m := start(t, options{
			Partitions: 1, FlushInterval: never, Processor: sink.process, Retry: pbuf.Retry{InitialBackoff: time.Minute},
		})
		must(t, m.Put("a", 1))
		late := make(chan error, 1)
		go func() { late <- m.Stop(deadline(t, time.Hour/2)) }()
		synctest.Wait()
		began := time.Now()
		err := m.Stop(deadline(t, 4*time.Second))
		if took := time.Since(began); took > 4*time.Second || !errors.Is(err, errDown) {
			t.Errorf("Stop = %v after %v", err, took)
		}
		if last := sink.calls[len(sink.calls)-1].Sub(began); last < 3*time.Second || last >= 4*time.Second {
			t.Errorf("the last try was after %v", last)
		}
		if other := <-late; other != err {
			t.Errorf("the other Stop = %v, want the same answer", other)
		}
	})
}

// What has failed and waits for another try of Stop is not lost when the context ends
// in the middle of that.
func TestStopIsGivenUpBetweenTwoTries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := start(t, options{
			Partitions: 1, FlushInterval: never,
			Retry:     pbuf.Retry{InitialBackoff: time.Minute, MaxBackoff: time.Minute},
			Processor: func(context.Context, []entry) error { return errDown },
		})
		_, err := m.PutAll(pairs("a", "b", "c"))
		must(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		time.AfterFunc(time.Second, cancel)
		var lost *pbuf.UndeliveredError
		if err := m.Stop(ctx); !errors.As(err, &lost) || lost.Count != 3 {
			t.Errorf("Stop = %v, want 3 undelivered", err)
		}
		left := 0
		for range m.Undelivered() {
			left++
		}
		if s := balanced(t, m); left != 3 || s.Undelivered != 3 {
			t.Errorf("%d undelivered, Stats %+v", left, s)
		}
	})
}
