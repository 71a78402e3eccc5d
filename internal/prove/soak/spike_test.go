package soak

import (
	"context"
	"flag"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

var spike = flag.Int("spike", 500_000, "keys of the spike in TestSpikesAreGivenBack")

// TestSpikesAreGivenBack: many keys in one interval, delivered; three intervals later
// the buffer holds what a fresh one holds plus a megabyte, whether it is idle then or a
// thousand keys follow in each.
func TestSpikesAreGivenBack(t *testing.T) {
	for name, keys := range map[string]int{"idle": 0, "1000 keys follow": 1000} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { spiked(t, keys) })
		})
	}
}

func spiked(t *testing.T, then int) {
	const interval = time.Second // of the bubble's clock, which stands still while keys are put
	var delivered atomic.Int64
	m, err := pbuf.New(pbuf.Options[int, int]{
		Partitions: 2, FlushInterval: interval,
		Processor: func(_ context.Context, batch []pbuf.Entry[int, int]) error {
			delivered.Add(int64(len(batch)))
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	put := func(keys int) {
		for key := range keys {
			if err := m.Put(key, key); err != nil {
				t.Fatal(err)
			}
		}
	}
	fresh := heap()
	put(*spike)
	peak := heap() - fresh
	for range 4 { // the first one delivers the spike
		time.Sleep(interval)
		synctest.Wait()
		put(then)
	}
	after := heap() - fresh
	if n := delivered.Load(); n < int64(*spike) {
		t.Errorf("%d of %d keys delivered", n, *spike)
	}
	if peak < float64(*spike)*24/1e6 {
		t.Errorf("%.1f MB with the spike buffered", peak) // else the test tells nothing
	}
	if after > 1 {
		t.Errorf("%.2f MB more than a fresh buffer three intervals after the spike, want 1", after)
	}
	t.Logf("explored: %d keys, %.1f MB with them buffered, %.2f MB three intervals after", *spike, peak, after)
	if err := m.Close(); err != nil {
		t.Error(err)
	}
	runtime.KeepAlive(m)
}
