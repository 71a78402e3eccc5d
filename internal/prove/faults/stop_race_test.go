package faults

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

const rounds = 40

// misbehave ends the call in one of the ways that a processor can.
func misbehave(n int) error {
	switch n % 4 {
	case 1:
		return errSink
	case 2:
		panic(errSink)
	case 3:
		runtime.Goexit()
	}
	return nil
}

// TestStopAgainstEverythingConcurrentSafe: three Stops, two Flushes and an
// UpdateSettings beside eight writers, with a processor and hooks that fail in
// every way. All Stops give one answer, and the books balance.
func TestStopAgainstEverythingConcurrentSafe(t *testing.T) {
	for round := range rounds {
		l := newLedger()
		hook := func() {
			if err := misbehave(rand.IntN(64)); err != nil {
				panic(err)
			}
		}
		flush, batch := func(pbuf.FlushInfo) { hook() }, func(pbuf.BatchInfo) { hook() }
		m := start(t, options{
			Partitions: 1 + round%3, BatchSize: 7, FlushInterval: 300 * time.Microsecond, FlushThreshold: round % 5 * 10,
			Processor: func(_ context.Context, batch []entry) error {
				n := rand.IntN(8)
				l.book(batch, n%4 == 0)
				return misbehave(n)
			},
			Hooks: pbuf.Hooks{FlushStart: flush, FlushStop: flush, BatchFailed: batch, BatchPanicked: batch},
		})
		within(t, "the round", func() { stopRound(t, m, l, round) })
		l.balance(t, m)
	}
	t.Logf("explored: %d rounds of 8 writers, 3 Stops, 2 Flushes, 1 UpdateSettings", rounds)
}

func stopRound(t *testing.T, m *buffer, l *ledger, round int) {
	var all sync.WaitGroup
	for w := range uint64(8) {
		all.Go(func() { l.accept(write(t, m, w<<32, 2000)) })
	}
	for range 2 {
		all.Go(func() {
			var failed *pbuf.FlushError
			if err := m.Flush(t.Context()); err != nil && !errors.As(err, &failed) && !errors.Is(err, pbuf.ErrClosed) {
				t.Errorf("Flush: %v", err)
			}
		})
	}
	all.Go(func() {
		if err := m.UpdateSettings(func(s *pbuf.Settings) { s.BatchSize = 1 + round%9 }); err != nil && !errors.Is(err, pbuf.ErrClosed) {
			t.Errorf("UpdateSettings: %v", err)
		}
	})
	for range rand.IntN(2000) {
		m.Size() // some time passes
	}
	answers := make(chan error, 3)
	for range cap(answers) {
		all.Go(func() { answers <- m.Stop(t.Context()) })
	}
	all.Wait()
	first := <-answers
	for range cap(answers) - 1 {
		if err := <-answers; err != first {
			t.Errorf("Stops gave %v and %v", first, err)
		}
	}
	var undelivered *pbuf.UndeliveredError
	n := 0
	for range m.Undelivered() {
		n++
	}
	if n > 0 && (!errors.As(first, &undelivered) || undelivered.Count != n) || n == 0 && first != nil {
		t.Errorf("Stop = %v with %d undelivered", first, n)
	}
}

// TestStopDeadlineAgainstWritersConcurrentSafe: the context of Stop ends at a
// random moment, with a processor that ignores its own and one that doesn't.
// What was in the processor's hands counts as undelivered, whatever the
// processor does with it later; so here a key may be both.
func TestStopDeadlineAgainstWritersConcurrentSafe(t *testing.T) {
	for round := range rounds / 4 {
		l := newLedger()
		release := make(chan struct{})
		m := start(t, options{
			Partitions: 2, BatchSize: 16, FlushInterval: 200 * time.Microsecond,
			Processor: func(ctx context.Context, batch []entry) error {
				if rand.IntN(32) == 0 {
					if round%2 == 0 {
						<-release // ignores its context
						return nil
					}
					<-ctx.Done()
					return ctx.Err()
				}
				l.book(batch, true)
				return nil
			},
		})
		var all sync.WaitGroup
		for w := range uint64(4) {
			all.Go(func() { l.accept(write(t, m, w<<32, 20_000)) })
		}
		within(t, "Stop", func() { _ = m.Stop(deadline(t, time.Duration(rand.IntN(10))*time.Millisecond)) })
		all.Wait()
		l.mu.Lock()
		undelivered := map[uint64]bool{}
		for e := range m.Undelivered() {
			undelivered[e.Key] = true
		}
		for k := range l.accepted {
			if l.delivered[k]+btoi(undelivered[k]) != 1 {
				t.Errorf("G1: round %d: key %d was delivered %d times, undelivered: %v", round, k, l.delivered[k], undelivered[k])
				break
			}
		}
		l.mu.Unlock()
		close(release)
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
