package faults

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

type (
	buffer  = pbuf.Map[uint64, uint64]
	entry   = pbuf.Entry[uint64, uint64]
	options = pbuf.Options[uint64, uint64]
)

var errSink = errors.New("the sink is down")

// ledger is where each write is accounted for: keys are used once, so that
// nothing is overwritten and the accounts are exact.
type ledger struct {
	mu        sync.Mutex
	accepted  map[uint64]bool
	delivered map[uint64]int
	failed    map[uint64]int
}

func newLedger() *ledger {
	return &ledger{accepted: map[uint64]bool{}, delivered: map[uint64]int{}, failed: map[uint64]int{}}
}

func (l *ledger) accept(keys []uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, k := range keys {
		l.accepted[k] = true
	}
}

// book notes a call's batch under what the call is about to do.
func (l *ledger) book(batch []entry, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	to := l.failed
	if ok {
		to = l.delivered
	}
	for _, e := range batch {
		to[e.Key]++
	}
}

// count is how many keys were delivered so far.
func (l *ledger) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.delivered)
}

// balance checks, after Stop, that each accepted write was delivered exactly
// once or reported: as failed while the buffer ran, or as undelivered.
func (l *ledger) balance(t *testing.T, m *buffer) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	undelivered := map[uint64]int{}
	for e := range m.Undelivered() {
		undelivered[e.Key]++
	}
	for k := range l.accepted {
		switch {
		case l.delivered[k] == 1:
		case l.delivered[k] > 1:
			t.Errorf("G1: key %d was delivered %d times", k, l.delivered[k])
		case l.failed[k] == 0 && undelivered[k] == 0:
			t.Errorf("G1: key %d was accepted and is neither delivered nor reported", k)
		case undelivered[k] > 1:
			t.Errorf("G1: key %d is reported %d times", k, undelivered[k])
		}
	}
	for k := range l.delivered {
		if !l.accepted[k] {
			t.Errorf("G1: key %d was delivered and not accepted", k)
		}
	}
	s := m.Stats()
	if s.Size != 0 || s.InFlight != 0 {
		t.Errorf("after Stop: %d buffered, %d in flight", s.Size, s.InFlight)
	}
	if b := s.Balance(); b != 0 || int(s.Accepted) != len(l.accepted) {
		t.Errorf("G1: %d accepted, the books say %d and are off by %d: %+v", len(l.accepted), s.Accepted, b, s)
	}
	if int(s.Delivered) != len(l.delivered) {
		t.Errorf("Stats: %d delivered, the processor says %d", s.Delivered, len(l.delivered))
	}
}

// write puts fresh keys until the buffer refuses, or n of them, and returns
// those that it accepted.
func write(t *testing.T, m *buffer, from uint64, n int) (accepted []uint64) {
	for i := range uint64(n) {
		switch err := m.Put(from+i, from+i); {
		case err == nil:
			accepted = append(accepted, from+i)
		case errors.Is(err, pbuf.ErrClosed):
			return accepted
		default:
			t.Errorf("Put: %v", err)
		}
	}
	return accepted
}

func start(t *testing.T, o options) *buffer {
	t.Helper()
	dropFailures(&o)
	m, err := pbuf.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// dropFailures makes the buffer count failed batches and forget them.
func dropFailures(o *options) { o.Retry.Policy = pbuf.GiveUp }

// within fails the test if the call does not return: what can't deadlock comes
// back long before.
func within(t *testing.T, what string, call func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		call()
	}()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Fatalf("%s did not return within a minute", what)
	}
}

// deadline is a context that ends soon enough to matter.
func deadline(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}
