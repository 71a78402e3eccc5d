package pbuf

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// However many signal a partition at once, one goroutine starts.
func TestFlusherStartsOnceConcurrentSafe(t *testing.T) {
	const partitions, callers = 4000, 2
	var starts atomic.Int64
	m, err := build(Options[int, int]{
		Partitions: partitions, Processor: func(context.Context, []Entry[int, int]) error { return nil },
		Hooks: Hooks{PartitionStart: func(PartitionInfo) { starts.Add(1) }},
	})
	if err != nil {
		t.Fatal(err)
	}
	var at [callers]atomic.Int64 // which partition each has come to
	var wg sync.WaitGroup
	for me := range callers {
		wg.Go(func() {
			for i, f := range m.flushers {
				if me == 0 {
					f.ready(false)
				}
				at[me].Store(int64(i) + 1)
				for at[1-me].Load() < int64(i)+1 { // together, or as good as
					runtime.Gosched()
				}
				f.signal()
			}
		})
	}
	wg.Wait()
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	if n := starts.Load(); n != partitions {
		t.Errorf("%d goroutines have started, want %d", n, partitions)
	}
}
