package pbuf_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// No addition is lost or made twice, whatever fails meanwhile.
func TestMergeConcurrentSafe(t *testing.T) {
	t.Run("", func(t *testing.T) { mergeConcurrently(t, func(*options) {}) })
	t.Run("with MaxBytes", func(t *testing.T) {
		mergeConcurrently(t, func(o *options) {
			o.MaxBytes, o.SizeOf = 100, func(string, int) int { return 1 } // it tells nothing apart
		})
	})
}

func mergeConcurrently(t *testing.T, change func(*options)) {
	var mu sync.Mutex
	sums := map[string]int{}
	n := 0
	o := options{
		Partitions: 1, FlushInterval: time.Millisecond,
		Retry: pbuf.Retry{InitialBackoff: 100 * time.Microsecond, MaxBackoff: time.Millisecond},
		Merge: func(_ string, old, new int) int { return old + new },
		Processor: func(_ context.Context, batch []entry) error {
			mu.Lock()
			defer mu.Unlock()
			if n++; n%2 == 1 && n < 500 {
				return errDown
			}
			for _, e := range batch {
				sums[e.Key] += e.Value
			}
			return nil
		},
	}
	change(&o)
	m := start(t, o)
	var wg sync.WaitGroup
	routed := pbuf.Route(m, "pinned")
	for range 4 {
		wg.Go(func() {
			for range 1000 {
				must(t, m.Put("a", 1))
				must(t, routed.Put("b", 2))
			}
			_, err := m.PutAll(pairs("c"))
			must(t, err)
		})
	}
	wg.Wait()
	mu.Lock()
	n = 500 // no failures from here on
	mu.Unlock()
	err := m.Close()
	for e := range m.Undelivered() {
		sums[e.Key] += e.Value
	}
	if sums["a"] != 4000 || sums["b"] != 8000 {
		t.Errorf("sums = %v (Close: %v)", sums, err)
	}
	if s := balanced(t, m); s.Accepted != 8004 {
		t.Errorf("Stats = %+v", s)
	}
}

// A merge that panics harms its caller alone; in merge-back, its entry.
func TestMergePanics(t *testing.T) {
	gate := newTurnstile[string, int]()
	bad := false
	m := start(t, options{
		Partitions: 1, FlushInterval: never, Processor: gate.process,
		Merge: func(_ string, old, new int) int {
			if bad {
				panic("no")
			}
			return old + new
		},
	})
	must(t, m.Put("k", 1))
	done := make(chan error, 1)
	go func() { done <- m.Flush(t.Context()) }()
	<-gate.in
	must(t, m.Put("k", 2))
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic did not reach the caller")
			}
		}()
		bad = true
		_ = m.Put("k", 3)
	}()
	if v, _ := m.Get("k"); v != 2 {
		t.Errorf("k = %d after the panic, want 2", v)
	}
	gate.out <- errDown
	wantError(t, "Flush", <-done, errDown, "1 entries")
	if s := balanced(t, m); s.Dropped != 1 || s.Size != 1 {
		t.Errorf("Stats = %+v", s)
	}
	bad = false
	go func() { done <- m.Close() }()
	<-gate.in
	gate.out <- nil
	must(t, <-done)
}
