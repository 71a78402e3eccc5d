package pbuf_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/partitioned-buffer/go/pbuf"
)

var errSink = errors.New("sink is down")

// everyPartition has three partitions; key k lives in partition k modulo 3.
func everyPartition(p pbuf.Processor[uint64, int]) pbuf.Options[uint64, int] {
	return pbuf.Options[uint64, int]{
		Partitions: 3, FlushInterval: never, BatchSize: 2, Processor: p,
		PartitionBy: func(k uint64) uint64 { return k },
	}
}

func TestFlushDeliversAllPartitions(t *testing.T) {
	var r recorder[uint64, int]
	m := start(t, everyPartition(r.process))
	for k := range uint64(30) {
		must(t, m.Put(k, int(k)))
	}
	flush(t, m)
	if got := len(r.entries()); got != 30 || m.Size() != 0 {
		t.Errorf("%d entries delivered and %d left, want 30 and 0", got, m.Size())
	}
	flush(t, m) // of nothing
	if got := len(r.entries()); got != 30 {
		t.Errorf("%d entries after a Flush of nothing, want 30", got)
	}
}

// A delivery that is under way when Flush is called does not answer it: what
// was written after its start is still due.
func TestFlushDuringADelivery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newTurnstile[uint64, int]()
		m := start(t, everyPartition(gate.process))
		first, second := make(chan error, 1), make(chan error, 1)
		must(t, m.Put(0, 1))
		go func() { first <- m.Flush(t.Context()) }()
		<-gate.in
		must(t, m.Put(0, 2)) // into the next generation
		go func() { second <- m.Flush(t.Context()) }()
		synctest.Wait()
		gate.out <- nil
		must(t, <-first)
		if batch := <-gate.in; batch[0].Value != 2 {
			t.Errorf("batch %v, want the value written before the second Flush", batch)
		}
		select {
		case err := <-second:
			t.Fatalf("the second Flush returned %v before its entry was delivered", err)
		default:
		}
		gate.out <- nil
		must(t, <-second)
	})
}

func TestFlushWaitsForEveryPartition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newTurnstile[uint64, int]()
		m := start(t, everyPartition(gate.process))
		for k := range uint64(3) {
			must(t, m.Put(k, 0))
		}
		done := make(chan error, 1)
		go func() { done <- m.Flush(t.Context()) }()
		for range 3 {
			<-gate.in // all three at once: nobody waits for a neighbour
		}
		for range 3 {
			synctest.Wait()
			if len(done) > 0 {
				t.Error("Flush returned with deliveries under way")
			}
			gate.out <- nil
		}
		must(t, <-done)
	})
}

// Flush reports the entries that failed under it, whichever generation they
// were in, and the next Flush does not report them again.
func TestFlushCountsFailures(t *testing.T) {
	opts := everyPartition(func(_ context.Context, batch []pbuf.Entry[uint64, int]) error {
		if batch[0].Value < 0 {
			return errSink
		}
		return nil
	})
	dropFailures(&opts)
	m := start(t, opts)
	for k := range uint64(9) { // partition 1 (1, 4, 7): a batch of two and a batch of one
		value := 0
		if k%3 == 1 {
			value = -1
		}
		must(t, m.Put(k, value))
	}
	err := m.Flush(t.Context())
	wantError(t, "Flush", err, errSink, "3 entries")
	var failure *pbuf.FlushError
	if !errors.As(err, &failure) || failure.Failed != 3 {
		t.Errorf("Flush = %#v, want a *FlushError of 3", err)
	}
	if s := m.Stats(); s.Delivered != 6 || s.Failed != 3 {
		t.Errorf("delivered %d, failed %d; want 6 and 3", s.Delivered, s.Failed)
	}
	flush(t, m)
	must(t, m.Put(0, 1))
	flush(t, m)
}

func TestFlushCountsTheFailureOfTheDeliveryUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newTurnstile[uint64, int]()
		opts := everyPartition(gate.process)
		dropFailures(&opts)
		m := start(t, opts)
		must(t, m.Put(0, 1))
		go func() { _ = m.Flush(t.Context()) }()
		<-gate.in
		done := make(chan error, 1)
		go func() { done <- m.Flush(t.Context()) }() // covers key 0, which is with the processor
		synctest.Wait()
		gate.out <- errSink
		wantError(t, "Flush", <-done, errSink, "1 entries")
	})
}

// The end of Flush's context ends the waiting, not the delivery.
func TestFlushContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newTurnstile[uint64, int]()
		m := start(t, everyPartition(gate.process))
		must(t, m.Put(0, 1))
		cause := errors.New("caller has lost patience")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, cause)
		defer cancel()
		began := time.Now()
		done := make(chan error, 1)
		go func() { done <- m.Flush(ctx) }()
		<-gate.in
		if err := <-done; !errors.Is(err, cause) {
			t.Errorf("Flush = %v, want the context's cause", err)
		}
		if d := time.Since(began); d != time.Second {
			t.Errorf("Flush returned after %v, want 1s", d)
		}
		gate.out <- nil
		flush(t, m)
		if s := m.Stats(); s.Delivered != 1 {
			t.Errorf("%d entries delivered, want 1 all the same", s.Delivered)
		}
	})
}

func TestFlushWithACancelledContext(t *testing.T) {
	var r recorder[uint64, int]
	m := start(t, everyPartition(r.process))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	// Either answer is right, but it must come.
	if err := m.Flush(ctx); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("Flush = %v, want nil or context.Canceled", err)
	}
}

// While Stop drains, Flush waits with it; its entries are in the final delivery.
func TestFlushDuringStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newTurnstile[uint64, int]()
		m := start(t, everyPartition(gate.process))
		must(t, m.Put(0, 1))
		must(t, m.Put(3, 1))
		must(t, m.Put(6, 1))
		stopped, flushed := make(chan error, 1), make(chan error, 1)
		go func() { stopped <- m.Close() }()
		<-gate.in // the first of two batches
		go func() { flushed <- m.Flush(t.Context()) }()
		synctest.Wait()
		gate.out <- nil
		<-gate.in
		synctest.Wait()
		if len(flushed) > 0 {
			t.Errorf("Flush = %v before the final delivery ended", <-flushed)
		}
		gate.out <- nil
		must(t, <-flushed)
		must(t, <-stopped)
		wantError(t, "Flush", m.Flush(t.Context()), pbuf.ErrClosed)
	})
}

// The barrier, many times over: what a goroutine wrote before its Flush has
// been delivered when it returns, whatever the others do.
func TestFlushConcurrentSafe(t *testing.T) {
	const writers, rounds = 6, 150
	var last [writers]struct { // highest value delivered of each writer's key
		sync.Mutex
		value int
	}
	m := start(t, pbuf.Options[int, int]{
		Partitions: 2, FlushInterval: time.Millisecond, FlushThreshold: 3,
		Processor: func(_ context.Context, batch []pbuf.Entry[int, int]) error {
			for _, e := range batch {
				l := &last[e.Key]
				l.Lock()
				l.value = max(l.value, e.Value)
				l.Unlock()
			}
			return nil
		},
	})
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := 1; i <= rounds; i++ {
				if err := m.Put(w, i); err != nil {
					t.Error(err)
				}
				if err := m.Flush(t.Context()); err != nil {
					t.Error(err)
				}
				last[w].Lock()
				if got := last[w].value; got != i {
					t.Errorf("after Flush: value %d delivered, want %d", got, i)
				}
				last[w].Unlock()
			}
		})
	}
	wg.Wait()
}

// Flush starts the interval anew, also where there is nothing to deliver.
func TestFlushStartsTheIntervalAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		at := make(chan time.Time, 1)
		m := start(t, options{
			Partitions: 1, FlushInterval: time.Minute,
			Processor: func(context.Context, []entry) error {
				at <- time.Now()
				return nil
			},
		})
		time.Sleep(10 * time.Minute)
		flush(t, m)
		began := time.Now()
		must(t, m.Put("k", 1))
		if diff := cmp.Diff(time.Minute, (<-at).Sub(began)); diff != "" {
			t.Errorf("next delivery (-want +got):\n%s", diff)
		}
	})
}
