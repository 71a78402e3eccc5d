package pbuf_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/partitioned-buffer/go/pbuf"
)

// The first write wakes a partition that sleeps, so that it ticks.
func TestTheFirstWriteSetsTheTimer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got recorder[string, int]
		m := start(t, options{Partitions: 1, FlushInterval: time.Second, Processor: got.process})
		for i := range 3 {
			time.Sleep(time.Hour)
			must(t, m.Put("k", i))
			time.Sleep(time.Second)
			synctest.Wait()
			if n := len(got.entries()); n != i+1 {
				t.Errorf("%d entries delivered, want %d", n, i+1)
			}
		}
	})
}

// An idle buffer sleeps: if a tick with nothing to deliver did not count as a
// tick, the flusher would spin, and the bubble's clock could not move on.
func TestEmptyTicksDoNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		touched := func(i pbuf.FlushInfo) { t.Errorf("a hook ran for an empty generation: %+v", i) }
		batch := func(i pbuf.BatchInfo) { t.Errorf("a hook ran for an empty generation: %+v", i) }
		m := start(t, options{
			Partitions: 3, FlushInterval: time.Second,
			Processor: func(context.Context, []entry) error {
				t.Error("the processor ran for an empty generation")
				return nil
			},
			Hooks: pbuf.Hooks{
				FlushStart: touched, FlushStop: touched,
				BatchFailed: batch, BatchPanicked: batch,
			},
		})
		time.Sleep(time.Hour)
		if got := m.Stats(); got.Generations != 0 || got.Flushes != 0 || got.Batches != 0 {
			t.Errorf("Stats after an idle hour: %+v", got)
		}
	})
}

// The first tick of a partition comes at a random time within the interval.
func TestFirstTickIsJittered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const partitions = 64
		began := time.Now()
		drained := make(chan time.Duration, partitions)
		m := start(t, pbuf.Options[uint64, int]{
			Partitions: partitions, FlushInterval: time.Minute,
			PartitionBy: func(k uint64) uint64 { return k },
			Processor: func(context.Context, []pbuf.Entry[uint64, int]) error {
				drained <- time.Since(began)
				return nil
			},
		})
		for p := range uint64(partitions) {
			must(t, m.Put(p, 0))
		}
		quarters := map[time.Duration]int{}
		for range partitions {
			at := <-drained
			if at > time.Minute {
				t.Errorf("a first tick after %v, want at most the interval", at)
			}
			quarters[at/(15*time.Second)]++
		}
		for q := range time.Duration(4) {
			// 16 expected in each: none has the odds of 1 in 100 million.
			if quarters[q] == 0 {
				t.Errorf("no first tick in quarter %d of the interval: %v", q, quarters)
			}
		}
	})
}

// The next interval starts when a drain ends, so that ticks do not pile up
// behind a processor that takes longer than the interval.
func TestIntervalCountsFromTheEndOfADrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const interval, work = time.Second, 2500 * time.Millisecond
		var began, ended []time.Time
		m := start(t, options{
			Partitions: 1, FlushInterval: interval,
			Processor: func(context.Context, []entry) error {
				began = append(began, time.Now())
				time.Sleep(work)
				ended = append(ended, time.Now())
				return nil
			},
		})
		for range 60 { // always something to deliver
			must(t, m.Put("k", 0))
			time.Sleep(500 * time.Millisecond)
		}
		must(t, m.Close())
		if len(began) < 8 {
			t.Fatalf("%d drains in 30 s, want one every %v", len(began), interval+work)
		}
		for i := range len(began) - 2 { // Close starts the last one early
			if pause := began[i+1].Sub(ended[i]); pause != interval {
				t.Errorf("drain %d began %v after the end of the one before, want %v", i+1, pause, interval)
			}
		}
	})
}

// Once past the first tick, partitions tick every interval on the dot, full or empty.
func TestTicksKeepTheirInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []time.Time
		m := start(t, options{
			Partitions: 1, FlushInterval: time.Minute,
			Processor: func(context.Context, []entry) error {
				at = append(at, time.Now())
				return nil
			},
		})
		for range 4 {
			must(t, m.Put("k", 0))
			time.Sleep(3 * time.Minute) // two of the three ticks are empty
		}
		must(t, m.Close())
		var gaps []time.Duration
		for i := range len(at) - 1 {
			gaps = append(gaps, at[i+1].Sub(at[i]))
		}
		want := []time.Duration{3 * time.Minute, 3 * time.Minute, 3 * time.Minute}
		if diff := cmp.Diff(want, gaps); diff != "" {
			t.Errorf("time between drains (-want +got):\n%s", diff)
		}
	})
}
