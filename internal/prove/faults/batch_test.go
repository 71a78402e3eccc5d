package faults

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// TestABatchThatIsKeptAndScribbledOn: the batch is the processor's to write to
// for as long as the call lasts, and what it scribbles there reaches nobody:
// failed entries are reported as they were written.
func TestABatchThatIsKeptAndScribbledOn(t *testing.T) {
	var kept [][]entry
	m := start(t, options{
		Partitions: 1, BatchSize: 4, FlushInterval: time.Hour,
		Processor: func(_ context.Context, batch []entry) error {
			for i := range batch {
				batch[i] = entry{Key: 1 << 40, Value: 1 << 40, Version: 1 << 40, Updates: 1 << 40}
			}
			kept = append(kept, batch)
			return errSink
		},
	})
	accepted := write(t, m, 0, 20)
	_ = m.Close() // 20 undelivered: below
	seen := map[uint64]bool{}
	for e := range m.Undelivered() {
		if e.Attempts = 0; e != (entry{Key: e.Key, Value: e.Key}) || seen[e.Key] {
			t.Errorf("undelivered: %+v", e)
		}
		seen[e.Key] = true
	}
	if len(seen) != len(accepted) {
		t.Errorf("%d entries undelivered, want %d", len(seen), len(accepted))
	}
	for _, batch := range kept {
		clear(batch) // after Stop: nobody else touches it
	}
}

// TestATableThatIsKeptConcurrentSafe: a table stays as it was for as long as
// anybody keeps it, while later generations come and go and writers write to the
// same keys.
func TestATableThatIsKeptConcurrentSafe(t *testing.T) {
	var mu sync.Mutex
	var kept []*pbuf.Table[uint64, uint64]
	var want [][]entry
	m := start(t, options{
		Partitions: 2, FlushInterval: 200 * time.Microsecond,
		TableProcessor: func(_ context.Context, table *pbuf.Table[uint64, uint64]) error {
			var all []entry
			for e := range table.All() {
				all = append(all, e)
			}
			mu.Lock()
			defer mu.Unlock()
			if len(kept) < 64 {
				kept, want = append(kept, table), append(want, all)
			}
			return nil
		},
	})
	var writers sync.WaitGroup
	for w := range uint64(4) {
		writers.Go(func() {
			for i := range uint64(5000) {
				if err := m.Put(i%50, i<<8|w); err != nil {
					t.Errorf("Put: %v", err)
				}
			}
		})
	}
	writers.Wait()
	if err := m.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	for i, table := range kept {
		n := 0
		for e := range table.All() {
			if e != want[i][n] {
				t.Fatalf("table %d has %+v, it had %+v", i, e, want[i][n])
			}
			if got, ok := table.Get(e.Key); !ok || got != e {
				t.Fatalf("table %d: Get(%d) = %+v, %v", i, e.Key, got, ok)
			}
			n++
		}
		if n != len(want[i]) || table.Len() != n {
			t.Fatalf("table %d has %d entries, it had %d", i, n, len(want[i]))
		}
	}
	if len(kept) == 0 {
		t.Error("no table was kept")
	}
}
