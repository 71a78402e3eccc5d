package pbuf_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/partitioned-buffer/go/pbuf"
)

func TestStopDeliversWhatWasAccepted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r recorder[uint64, int]
		m := start(t, everyPartition(r.process))
		for k := range uint64(30) {
			must(t, m.Put(k, int(k)))
		}
		must(t, m.Stop(t.Context()))
		if got := len(r.entries()); got != 30 {
			t.Errorf("%d entries delivered, want 30", got)
		}
		for e := range m.Undelivered() {
			t.Errorf("Undelivered yields %v", e)
		}
		if s := m.Stats(); s.Size != 0 || s.InFlight != 0 || s.Delivered != 30 || s.Undelivered != 0 {
			t.Errorf("Stats = %+v", s)
		}
	})
}

func TestStopOfAnEmptyBuffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		must(t, start(t, everyPartition(discard[uint64, int])).Stop(t.Context()))
	})
}

// The answer of Stop stays, and everybody gets it.
func TestStopIsIdempotent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newTurnstile[uint64, int]()
		opts := everyPartition(gate.process)
		dropFailures(&opts)
		m := start(t, opts)
		must(t, m.Put(0, 1))
		answers := make(chan error, 8)
		for range cap(answers) {
			go func() { answers <- m.Stop(t.Context()) }()
		}
		<-gate.in
		gate.out <- errSink
		first := <-answers
		wantError(t, "Stop", first, errSink, "1 entries")
		for range cap(answers) - 1 {
			if err := <-answers; err != first {
				t.Errorf("Stop = %v, want the same answer for all: %v", err, first)
			}
		}
		if err := m.Close(); err != first {
			t.Errorf("later Close = %v, want %v", err, first)
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if err := m.Stop(ended); err != first {
			t.Errorf("later Stop with a context that has ended = %v, want %v", err, first)
		}
		if got := slices.Collect(m.Undelivered()); len(got) != 1 {
			t.Errorf("Undelivered = %v, want the one entry", got)
		}
	})
}

// Refusal does not wait for deliveries: not for those of the own partition, nor
// for those of others.
func TestStopRefusesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newTurnstile[uint64, int]()
		opts := everyPartition(gate.process)
		opts.FlushThreshold = 1
		m := start(t, opts)
		must(t, m.Put(0, 1))
		<-gate.in // partition 0 is stuck
		must(t, m.Put(0, 2))
		done := make(chan error, 1)
		go func() { done <- m.Close() }()
		synctest.Wait()
		for k := range uint64(3) {
			if err := m.Put(k, 3); !errors.Is(err, pbuf.ErrClosed) {
				t.Errorf("Put in partition %d = %v, want ErrClosed", k, err)
			}
			if _, ok := m.Get(k); ok {
				t.Errorf("Get finds key %d after Stop", k)
			}
		}
		if m.Size() != 0 || m.Stats().InFlight != 2 {
			t.Errorf("Size = %d and %d in flight, want 0 and 2", m.Size(), m.Stats().InFlight)
		}
		for range m.Undelivered() {
			t.Error("Undelivered yields before Stop has returned")
		}
		gate.out <- nil
		if batch := <-gate.in; batch[0].Value != 2 {
			t.Errorf("final batch %v, want what came after the one that was stuck", batch)
		}
		gate.out <- nil
		must(t, <-done)
	})
}

// Entries that fail while Stop drains are kept with all they carry; the others
// are delivered all the same.
func TestStopKeepsWhatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r recorder[string, int]
		opts := options{
			Partitions: 1, FlushInterval: never, BatchSize: 2,
			Processor: func(ctx context.Context, batch []entry) error {
				if batch[0].Key == "c" {
					clear(batch) // the processor's to write to: what is kept does not come from it
					return errSink
				}
				if batch[0].Key == "e" {
					panic(errSink)
				}
				return r.process(ctx, batch)
			},
		}
		dropFailures(&opts)
		m := start(t, opts)
		for _, k := range []string{"a", "b", "c", "d", "e", "f", "g"} {
			must(t, m.Put(k, 1))
		}
		for version := range int64(3) {
			_, err := m.PutNewer("d", 10*int(version+1), version+1)
			must(t, err)
		}
		err := m.Close()
		wantError(t, "Close", err, errSink, "Stop", "4 entries")
		var undelivered *pbuf.UndeliveredError
		if !errors.As(err, &undelivered) || undelivered.Count != 4 {
			t.Errorf("Close = %#v, want an *UndeliveredError of 4", err)
		}
		want := []entry{{Key: "c", Value: 1, Attempts: 1}, {Key: "d", Value: 30, Version: 3, Updates: 3, Attempts: 1}, {Key: "e", Value: 1, Attempts: 1}, {Key: "f", Value: 1, Attempts: 1}}
		if diff := cmp.Diff(want, slices.Collect(m.Undelivered())); diff != "" {
			t.Errorf("Undelivered (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]entry{{Key: "a", Value: 1}, {Key: "b", Value: 1}, {Key: "g", Value: 1}}, r.entries()); diff != "" {
			t.Errorf("delivered (-want +got):\n%s", diff)
		}
		if s := m.Stats(); s.Delivered != 3 || s.Failed != 4 || s.Undelivered != 4 || s.InFlight != 0 {
			t.Errorf("Stats = %+v", s)
		}
		for range m.Undelivered() {
			break // an iteration that ends early
		}
	})
}

// Every partition's share is in the error and in Undelivered.
func TestStopAddsUpPartitions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		opts := everyPartition(func(_ context.Context, batch []pbuf.Entry[uint64, int]) error {
			if batch[0].Key%3 == 1 {
				return nil
			}
			return errSink
		})
		dropFailures(&opts)
		m := start(t, opts)
		for k := range uint64(12) {
			must(t, m.Put(k, 0))
		}
		wantError(t, "Close", m.Close(), errSink, "8 entries")
		var keys []uint64
		for e := range m.Undelivered() {
			keys = append(keys, e.Key)
		}
		want := []uint64{0, 2, 3, 5, 6, 8, 9, 11}
		if diff := cmp.Diff(want, keys, cmpopts.SortSlices(func(a, b uint64) bool { return a < b })); diff != "" {
			t.Errorf("keys of Undelivered (-want +got):\n%s", diff)
		}
	})
}

// A delivery that was under way when Stop came and fails belongs to it too.
func TestStopKeepsTheFailureOfTheDeliveryUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newTurnstile[string, int]()
		opts := options{Partitions: 1, FlushInterval: never, FlushThreshold: 1, Processor: gate.process}
		dropFailures(&opts)
		m := start(t, opts)
		must(t, m.Put("early", 1))
		<-gate.in
		must(t, m.Put("late", 1))
		done := make(chan error, 1)
		go func() { done <- m.Close() }()
		synctest.Wait()
		gate.out <- errSink
		<-gate.in
		gate.out <- nil
		wantError(t, "Close", <-done, errSink, "1 entries")
		if diff := cmp.Diff([]entry{{Key: "early", Value: 1, Attempts: 1}}, slices.Collect(m.Undelivered())); diff != "" {
			t.Errorf("Undelivered (-want +got):\n%s", diff)
		}
	})
}

// What failed and was dropped before Stop is none of its business.
func TestStopForgetsEarlierFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		err := errSink
		opts := options{
			Partitions: 1, FlushInterval: never,
			Processor: func(context.Context, []entry) error { return err },
		}
		dropFailures(&opts)
		m := start(t, opts)
		must(t, m.Put("k", 1))
		wantError(t, "Flush", m.Flush(t.Context()), errSink)
		err = nil
		must(t, m.Put("k", 2))
		must(t, m.Close())
	})
}

// Many writers and several Stops at once: what returned nil is delivered, the
// rest was refused, and there is no third case.
func TestStopConcurrentSafe(t *testing.T) {
	for range 20 {
		var r recorder[int, int]
		m := start(t, pbuf.Options[int, int]{Partitions: 4, FlushInterval: never, FlushThreshold: 50, Processor: r.process})
		const writers = 8
		accepted := make([][]int, writers)
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := 0; ; i++ {
					key := i*writers + w
					if err := m.Put(key, i); err != nil {
						if !errors.Is(err, pbuf.ErrClosed) {
							t.Error(err)
						}
						return
					}
					accepted[w] = append(accepted[w], key)
					if w == 0 && i == 200 {
						for range 3 {
							wg.Go(func() { must(t, m.Close()) })
						}
					}
				}
			})
		}
		wg.Wait()
		want := slices.Concat(accepted...)
		var got []int
		for _, e := range r.entries() {
			got = append(got, e.Key)
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) {
			t.Fatalf("%d keys accepted, %d delivered, or others", len(want), len(got))
		}
	}
}
