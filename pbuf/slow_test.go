package pbuf_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/partitioned-buffer/go/pbuf"
)

// A processor that does not return stops neither the writers of its own
// partition nor the deliveries of others.
func TestSlowProcessorDelaysNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stuck := make(chan struct{})
		var r recorder[uint64, int]
		opts := everyPartition(nil)
		opts.Processor = func(ctx context.Context, batch []pbuf.Entry[uint64, int]) error {
			if batch[0].Key%3 == 0 {
				<-stuck
			}
			return r.process(ctx, batch)
		}
		opts.FlushThreshold = 1
		m := start(t, opts)
		must(t, m.Put(0, 0))
		synctest.Wait() // partition 0 is stuck now
		for round := range 100 {
			must(t, m.Put(0, round)) // never waits
			if v, ok := m.Get(0); !ok || v != round {
				t.Fatalf("Get = %d, %v beside a stuck delivery, want %d", v, ok, round)
			}
			if stored, err := m.PutNewer(3, round, int64(round)); !stored || err != nil {
				t.Fatalf("PutNewer = %v, %v beside a stuck delivery", stored, err)
			}
			must(t, m.Put(1, round))
			must(t, m.Put(2, round))
			synctest.Wait()
			if got := len(r.entries()); got != 2*(round+1) {
				t.Fatalf("%d entries of other partitions delivered, want %d", got, 2*(round+1))
			}
		}
		close(stuck)
		flush(t, m)
		if s := m.Stats().Partitions[0]; s.Delivered != 3 || s.Flushes != 2 {
			t.Errorf("partition 0 delivered %d entries in %d drains, want 3 in 2: its writes coalesced", s.Delivered, s.Flushes)
		}
	})
}
