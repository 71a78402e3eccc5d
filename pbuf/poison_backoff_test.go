package pbuf_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// A sink that is down sees one or two calls per backoff, with a buffer that is fed
// all the time, however short the interval.
func TestDeadSinkIsProbed(t *testing.T) {
	for _, test := range []struct {
		length time.Duration
		least  int
		most   int
	}{
		{10 * time.Second, 10, 20},
		{5 * time.Minute, 30, 50},
	} {
		t.Run(test.length.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				m := start(t, pbuf.Options[int, int]{
					Partitions: 1, FlushInterval: 100 * time.Millisecond, BatchSize: 10,
					Processor: func(context.Context, []pbuf.Entry[int, int]) error { calls++; return errDown },
				})
				began := time.Now()
				for i := 0; time.Since(began) < test.length; i++ {
					must(t, m.Put(i%1000, i))
					time.Sleep(time.Millisecond)
				}
				synctest.Wait()
				if calls < test.least || calls > test.most {
					t.Errorf("%d calls in %v, want %d to %d", calls, test.length, test.least, test.most)
				}
				if s := balanced(t, m); s.BackingOff <= 0 || s.Dropped > 0 {
					t.Errorf("Stats = %+v", s)
				}
				t.Logf("%d calls in %v", calls, test.length)
			})
		})
	}
}

// Entries that are given up for good are no reason to back off.
func TestPermanentErrorsAreNoBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		m := start(t, options{
			Partitions: 1, FlushInterval: time.Second,
			Processor: func(context.Context, []entry) error { calls++; return pbuf.Permanent(errDown) },
			Hooks:     pbuf.Hooks{Backoff: func(i pbuf.BackoffInfo) { t.Errorf("Backoff: %+v", i) }},
		})
		for i := range 100 {
			must(t, m.Put(fmt.Sprint(i), i))
			time.Sleep(time.Second)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if s := balanced(t, m); calls < 99 || s.Dropped != 100 || s.BackingOff != 0 {
			t.Errorf("%d calls: %+v, want each second's entry given up", calls, s)
		}
	})
}

// A sink that says that an error is permanent has answered: what fails next is the
// first failure again.
func TestPermanentErrorsEndABackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var reply error
		var waits []time.Duration
		m := start(t, options{
			Partitions: 1, FlushInterval: never,
			Processor: func(context.Context, []entry) error { return reply },
			Hooks:     pbuf.Hooks{Backoff: func(i pbuf.BackoffInfo) { waits = append(waits, i.Duration) }},
		})
		for _, reply = range []error{errDown, errDown, errDown, pbuf.Permanent(errDown), errDown} {
			must(t, m.Put("k", 1))
			wantError(t, "Flush", m.Flush(t.Context()), errDown)
		}
		const first = 3 * pbuf.DefaultInitialBackoff / 2 // the longest that there is
		if len(waits) != 4 || waits[2] <= first || waits[3] > first {
			t.Errorf("backoffs %v, want the last one to be a first one", waits)
		}
	})
}

// Keys that are not equal to themselves are retried like others, though no map finds
// them again.
func TestRetriesOfUnequalKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex // the worker is woken by the clock alone, which orders nothing
		down, delivered, calls := true, 0, 0
		m := start(t, pbuf.Options[float64, int]{
			Partitions: 1, FlushInterval: never, BatchSize: 4,
			Processor: func(_ context.Context, batch []pbuf.Entry[float64, int]) error {
				mu.Lock()
				defer mu.Unlock()
				if calls++; down {
					return errDown
				}
				delivered += len(batch)
				return nil
			},
		})
		for i := range 10 {
			must(t, m.Put(math.NaN(), i))
		}
		if err := m.Flush(t.Context()); !errors.Is(err, errDown) {
			t.Errorf("Flush = %v", err)
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		balanced(t, m)
		mu.Lock()
		if calls > 40 {
			t.Errorf("%d calls in ten seconds", calls)
		}
		down = false
		mu.Unlock()
		time.Sleep(time.Minute)
		synctest.Wait()
		for e := range m.All() {
			t.Logf("left: %+v", e)
		}
		if s := balanced(t, m); delivered != 10 || s.Size != 0 {
			t.Errorf("%d delivered: %+v", delivered, s)
		}
	})
}

// What fails with others is not given up, however often: a sink that is down loses
// nothing before each entry has failed alone.
func TestPoisonIsGivenUpAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := start(t, options{
			Partitions: 1, FlushInterval: never, Retry: pbuf.Retry{MaxAttempts: 2},
			Processor: func(_ context.Context, batch []entry) error {
				for _, e := range batch {
					if e.Attempts > 1 { // 2 would mean that no attempt is left
						t.Errorf("%s comes with %d failed attempts of 2", e.Key, e.Attempts)
					}
				}
				if len(batch) > 1 {
					return errDown
				}
				return nil
			},
		})
		_, err := m.PutAll(pairs("a", "b", "c", "d"))
		must(t, err)
		for range 3 {
			_ = m.Flush(t.Context())
		}
		if s := balanced(t, m); s.Dropped != 0 || s.Delivered != 4 {
			t.Errorf("Stats = %+v, want nothing dropped", s)
		}
	})
}

// The halves of two batches that failed stay apart: what is healthy is not tried with
// what spoiled another batch.
func TestHalvesOfTwoBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := true
		var batches [][]string
		m := start(t, options{
			Partitions: 1, FlushInterval: never, BatchSize: 3,
			Processor: func(_ context.Context, batch []entry) error {
				keys := make([]string, len(batch))
				for i, e := range batch {
					keys[i] = e.Key
				}
				batches = append(batches, keys)
				if down {
					return errDown
				}
				return nil
			},
		})
		_, err := m.PutAll(pairs("a", "b", "c", "d", "e", "f"))
		must(t, err)
		if err := m.Flush(t.Context()); !errors.Is(err, errDown) {
			t.Fatalf("Flush = %v", err)
		}
		failed := batches
		down, batches = false, nil
		flush(t, m)
		var sizes []int
		for _, b := range batches {
			sizes = append(sizes, len(b))
			if !slices.ContainsFunc(failed, func(of []string) bool {
				return !slices.ContainsFunc(b, func(key string) bool { return !slices.Contains(of, key) })
			}) {
				t.Errorf("%v is of two of the batches %v", b, failed)
			}
		}
		if want := []int{2, 1, 2, 1}; !slices.Equal(sizes, want) {
			t.Errorf("batches of %v, want %v", sizes, want)
		}
	})
}
