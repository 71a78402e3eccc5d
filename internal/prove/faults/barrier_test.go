package faults

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestFlushIsABarrierConcurrentSafe: whatever returned before Flush was called
// has been through the processor when Flush returns, with ticks, thresholds,
// other Flushes and other writers at work.
func TestFlushIsABarrierConcurrentSafe(t *testing.T) {
	const goroutines, flushes = 6, 150
	var seen [goroutines]atomic.Uint64
	m := start(t, options{
		Partitions: 3, BatchSize: 2, FlushInterval: 300 * time.Microsecond, FlushThreshold: 5,
		Processor: func(_ context.Context, batch []entry) error {
			for _, e := range batch {
				s := &seen[e.Key%goroutines]
				for old := s.Load(); e.Value > old && !s.CompareAndSwap(old, e.Value); old = s.Load() {
				}
			}
			return nil
		},
	})
	var all sync.WaitGroup
	for g := range uint64(goroutines) {
		all.Go(func() {
			for i := uint64(1); i <= flushes; i++ {
				key := g + goroutines*(i%7)
				if err := m.Put(key, i); err != nil {
					t.Errorf("Put: %v", err)
				}
				if err := m.Flush(t.Context()); err != nil {
					t.Errorf("Flush: %v", err)
				}
				if got := seen[g].Load(); got < i {
					t.Errorf("Flush returned, but of goroutine %d only %d of %d was delivered", g, got, i)
					return
				}
			}
		})
	}
	within(t, "the flushers", all.Wait)
	if err := m.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	t.Logf("explored: %d flushes", goroutines*flushes)
}

// TestVersionsInFlightConcurrentSafe: versions come in any order and many times
// each, while deliveries never end: the newest version of each key that was
// accepted is delivered (G1), with the value that came with it (S2). Which ones
// are accepted, against what is in flight too (G4), package linear checks.
func TestVersionsInFlightConcurrentSafe(t *testing.T) {
	const keys, writers, perWriter = 4, 6, 4000
	var mu sync.Mutex
	newest := map[uint64]int64{}
	m := start(t, options{
		Partitions: 1, FlushInterval: 100 * time.Microsecond,
		Processor: func(_ context.Context, batch []entry) error {
			mu.Lock()
			defer mu.Unlock()
			for _, e := range batch {
				if e.Value != uint64(e.Version) {
					t.Errorf("delivered value %d with version %d", e.Value, e.Version)
				}
				newest[e.Key] = max(newest[e.Key], e.Version)
			}
			return nil
		},
	})
	var clock [keys]atomic.Int64
	var stored [keys]atomic.Int64 // the highest version that was accepted
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := range perWriter {
				k := uint64(i+w) % keys
				version := max(clock[k].Add(1)-int64(i%3), 1) // in order, late, or a duplicate
				ok, err := m.PutNewer(k, uint64(version), version)
				if err != nil {
					t.Errorf("PutNewer: %v", err)
				}
				for old := stored[k].Load(); ok && version > old && !stored[k].CompareAndSwap(old, version); old = stored[k].Load() {
				}
			}
		})
	}
	all.Wait()
	if err := m.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	for k := range uint64(keys) {
		if newest[k] != stored[k].Load() {
			t.Errorf("G1: key %d: version %d was accepted, the highest delivered is %d", k, stored[k].Load(), newest[k])
		}
	}
	t.Logf("explored: %d versioned writes", writers*perWriter)
}
