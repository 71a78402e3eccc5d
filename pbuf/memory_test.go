package pbuf_test

import (
	"context"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// What one large batch needed is given back by the small ones after it.
func TestBatchBuffersShrink(t *testing.T) {
	const keys = 200_000
	m := start(t, pbuf.Options[int, int]{
		Partitions: 1, FlushInterval: never, BatchSize: keys,
		Processor: func(context.Context, []pbuf.Entry[int, int]) error { return nil },
	})
	must(t, m.Put(0, 0))
	flush(t, m)
	before := liveHeap()
	for k := range keys {
		must(t, m.Put(k, k))
	}
	flush(t, m)
	for range 3 {
		must(t, m.Put(0, 0))
		flush(t, m)
	}
	if after := liveHeap(); after > before+1<<20 {
		t.Errorf("%d bytes before a batch of %d, %d after it and three small ones", before, keys, after)
	}
	runtime.KeepAlive(m)
}

// An idle partition keeps no batch of large values, though none came after it.
func TestIdleBuffersKeepNoLargeBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const interval, values = time.Second, 100
		delivered := 0
		m := start(t, pbuf.Options[int, [64 << 10]byte]{
			Partitions: 1, FlushInterval: interval,
			Processor: func(_ context.Context, batch []pbuf.Entry[int, [64 << 10]byte]) error {
				delivered += len(batch)
				return nil
			},
		})
		before := liveHeap()
		for k := range values {
			must(t, m.Put(k, [64 << 10]byte{}))
		}
		time.Sleep(3 * interval)
		synctest.Wait()
		if after := liveHeap(); delivered != values || after > before+1<<20 {
			t.Errorf("%d of %d values of 64 KB delivered, and then %d bytes more than before", delivered, values, after-before)
		}
		runtime.KeepAlive(m)
	})
}

// A buffer that was never written to holds neither store nor goroutine nor batch.
func TestIdleBuffersHoldLittle(t *testing.T) {
	for partitions, most := range map[int]uint64{2: 4 << 10, 16: 2 << 10} {
		const total = 4096
		var all []*pbuf.Map[int, int]
		inUse := func() uint64 {
			var s runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&s)
			return s.HeapAlloc + s.StackInuse
		}
		before, running := inUse(), runtime.NumGoroutine()
		for range total / partitions {
			all = append(all, start(t, pbuf.Options[int, int]{
				Partitions: partitions, FlushInterval: time.Hour, Processor: discard[int, int],
			}))
		}
		each := (inUse() - before) / total
		t.Logf("%d partitions: %d bytes each, stacks included", partitions, each)
		if n := runtime.NumGoroutine() - running; each > most || n > 0 {
			t.Errorf("%d goroutines and %d bytes per partition, want none and at most %d", n, each, most)
		}
		runtime.KeepAlive(all)
	}
}

// A full buffer needs the memory of what it may hold, however many keys come to a
// sink that is dead, in one generation.
func TestFullBuffersHoldWhatTheyMay(t *testing.T) {
	const most, keys = 1000, 200_000
	for name, o := range map[string]pbuf.Options[int, int]{
		"Capacity": {Capacity: most, OnFull: pbuf.DropOldest},
		"MaxBytes": {MaxBytes: most * 8, SizeOf: func(int, int) int { return 8 }, OnFull: pbuf.DropOldest},
		"Delete":   {Capacity: most, OnFull: pbuf.Reject},
	} {
		t.Run(name, func(t *testing.T) {
			dead := make(chan struct{})
			o.Partitions, o.FlushInterval = 2, never
			o.Processor = func(context.Context, []pbuf.Entry[int, int]) error { <-dead; return nil }
			before := liveHeap()
			m := start(t, o)
			defer close(dead)
			for k := range keys {
				must(t, m.Put(k, k))
				if name == "Delete" && k >= most/2 {
					_, err := m.Delete(k - most/2)
					must(t, err)
				}
			}
			if size := m.Size(); size > most { // the rest is in flight
				t.Fatalf("Size = %d", size)
			}
			if after := liveHeap(); after > before+1<<20 {
				t.Errorf("%d bytes for %d entries after %d keys", after-before, most, keys)
			}
			runtime.KeepAlive(m)
		})
	}
}
