package faults

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// TestStopContextEndsAtEachStage: ten batches, and the context of Stop ends
// before the call, in batch n, or in the grace after it. Wherever it ends, the
// batches that the processor has answered are delivered, all others are
// undelivered, and Stop is back after the grace at the latest.
func TestStopContextEndsAtEachStage(t *testing.T) {
	const batches, perCall = 10, time.Second
	for end := range time.Duration(batches + 2) {
		t.Run(fmt.Sprintf("in batch %d", end), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				delivered := 0 // written by the flusher, read after Stop
				m := start(t, options{
					Partitions: 1, BatchSize: 1, FlushInterval: time.Hour,
					Processor: func(ctx context.Context, _ []entry) error {
						select {
						case <-time.After(perCall):
							delivered++
							return nil
						case <-ctx.Done():
							return context.Cause(ctx)
						}
					},
				})
				if got := len(write(t, m, 0, batches)); got != batches {
					t.Fatalf("%d accepted", got)
				}
				began := time.Now()
				ctx, cancel := context.WithTimeoutCause(t.Context(), end*perCall-perCall/2, errSink)
				defer cancel()
				err := m.Stop(ctx)
				took := time.Since(began)
				want := min(max(int(end)-1, 0), batches)
				if delivered != want {
					t.Errorf("%d delivered, want %d", delivered, want)
				}
				var undelivered *pbuf.UndeliveredError
				if want == batches {
					if err != nil {
						t.Errorf("Stop = %v", err)
					}
				} else if !errors.As(err, &undelivered) || undelivered.Count != batches-want || !errors.Is(err, errSink) {
					t.Errorf("Stop = %v, want %d not delivered, for the context's cause", err, batches-want)
				}
				if limit := max(end*perCall, 0); took > limit {
					t.Errorf("Stop took %v, want at most %v", took, limit)
				}
			})
		})
	}
}

// TestFlushContextEndsAtEachStage: a Flush whose context ends returns its cause
// and takes nothing with it; the delivery goes on, and the next Flush is whole.
func TestFlushContextEndsAtEachStage(t *testing.T) {
	for end := range 4 {
		t.Run(fmt.Sprintf("in batch %d", end), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLedger()
				m := start(t, options{
					Partitions: 1, BatchSize: 1, FlushInterval: time.Hour,
					Processor: func(_ context.Context, batch []entry) error {
						time.Sleep(time.Second)
						l.book(batch, true)
						return nil
					},
				})
				l.accept(write(t, m, 0, 3))
				ctx, cancel := context.WithTimeoutCause(t.Context(), time.Duration(end)*time.Second-time.Second/2, errSink)
				defer cancel()
				if err := m.Flush(ctx); !errors.Is(err, errSink) {
					t.Errorf("Flush = %v, want its context's cause", err)
				}
				l.accept(write(t, m, 10, 3))
				if err := m.Flush(t.Context()); err != nil {
					t.Errorf("the next Flush = %v", err)
				}
				if got := l.count(); got != 6 {
					t.Errorf("%d delivered after the next Flush, want 6", got)
				}
				if err := m.Close(); err != nil {
					t.Errorf("Close = %v", err)
				}
				l.balance(t, m)
			})
		})
	}
}

// TestAProcessorThatBlocksForEver: writers, Get, Size, Stats and the other
// partition don't notice; Flush ends with its context, Stop with its own and the
// grace; what the processor has, and what waits behind it, is undelivered.
func TestAProcessorThatBlocksForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger()
		release := make(chan struct{})
		m := start(t, options{
			Partitions: 2, BatchSize: 2, FlushInterval: time.Second, PartitionBy: func(k uint64) uint64 { return k },
			Processor: func(_ context.Context, batch []entry) error {
				if batch[0].Key%2 == 0 {
					<-release
				}
				l.book(batch, true)
				return nil
			},
		})
		l.accept(write(t, m, 0, 10))
		time.Sleep(3 * time.Second)
		l.accept(write(t, m, 100, 10))
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if got := l.count(); got != 10 {
			t.Errorf("%d delivered, want the other partition's 10", got)
		}
		if s := m.Stats(); s.InFlight != 5 || s.Size != 5 {
			t.Errorf("%d in flight and %d buffered, want 5 and 5", s.InFlight, s.Size)
		}
		if err := m.Flush(deadline(t, time.Second)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Flush = %v", err)
		}
		var undelivered *pbuf.UndeliveredError
		if err := m.Stop(deadline(t, time.Second)); !errors.As(err, &undelivered) || undelivered.Count != 10 {
			t.Errorf("Stop = %v, want 10 not delivered", err)
		}
		l.balance(t, m)
		close(release)
	})
}

// TestAClockThatJumps: a machine that slept for years does one delivery, not
// one for each interval that it missed, and then goes on as before.
func TestAClockThatJumps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, calls := newLedger(), 0
		m := start(t, options{
			Partitions: 1, FlushInterval: time.Second,
			Processor: func(_ context.Context, batch []entry) error {
				calls++
				if calls == 1 {
					time.Sleep(10 * 365 * 24 * time.Hour) // everybody sleeps
				}
				l.book(batch, true)
				return nil
			},
		})
		l.accept(write(t, m, 0, 5))
		time.Sleep(2 * time.Second)
		l.accept(write(t, m, 10, 5))
		time.Sleep(10*365*24*time.Hour + 2*time.Second)
		synctest.Wait()
		if calls != 2 || l.count() != 10 {
			t.Errorf("%d calls with %d entries, want 2 with 10", calls, l.count())
		}
		l.accept(write(t, m, 20, 5))
		time.Sleep(time.Second)
		synctest.Wait()
		if l.count() != 15 {
			t.Errorf("%d delivered one interval later, want 15", l.count())
		}
		if err := m.Close(); err != nil {
			t.Errorf("Close = %v", err)
		}
		l.balance(t, m)
	})
}
