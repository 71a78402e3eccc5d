package pbuf_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/partitioned-buffer/go/pbuf"
)

// counts are the books without what tells how deliveries go: health_test.go has that.
func counts(s pbuf.PartitionStats) pbuf.PartitionStats {
	s.DroppedGivenUp, s.DroppedNoRoom = 0, 0
	s.LastSuccess, s.LastErrorAt, s.LastError, s.ConsecutiveFailures = time.Time{}, time.Time{}, nil, 0
	s.CallsFailed, s.CallsTimedOut, s.CallsPanicked, s.OldestAge = 0, 0, 0, 0
	return s
}

// The books of a partition through all the states that its entries go through.
func TestStats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newTurnstile[string, int]()
		work := time.Duration(0)
		opts := options{
			Name: "orders", Partitions: 1, FlushInterval: never, BatchSize: 2,
			Processor: func(ctx context.Context, batch []entry) error {
				time.Sleep(work)
				return gate.process(ctx, batch)
			},
		}
		dropFailures(&opts)
		m := start(t, opts)
		check := func(when string, want pbuf.PartitionStats) {
			t.Helper()
			s := m.Stats()
			if s.Name != "orders" || len(s.Partitions) != 1 {
				t.Fatalf("%s: Stats = %+v", when, s)
			}
			if diff := cmp.Diff(want, counts(s.Partitions[0])); diff != "" {
				t.Errorf("%s: Stats (-want +got):\n%s", when, diff)
			}
			if diff := cmp.Diff(want, counts(s.PartitionStats)); diff != "" {
				t.Errorf("%s: sums (-want +got):\n%s", when, diff)
			}
		}
		check("at first", pbuf.PartitionStats{})

		_, err := m.PutAll(pairs("a", "b", "c", "gone", "c"))
		must(t, err)
		_, err = m.Delete("gone")
		must(t, err)
		check("buffered", pbuf.PartitionStats{Size: 3, Accepted: 4, Erased: 1}) // the overwrite counts later

		work = 3 * time.Second
		done := make(chan error, 1)
		go func() { done <- m.Flush(t.Context()) }()
		<-gate.in
		must(t, m.Put("d", 1))
		check("in flight", pbuf.PartitionStats{Size: 1, InFlight: 3, Generations: 1, Inserted: 4, Accepted: 6, Overwritten: 1, Erased: 1})
		work = time.Second
		gate.out <- nil
		<-gate.in
		check("half way", pbuf.PartitionStats{
			Size: 1, InFlight: 1, Generations: 1, Inserted: 4, Batches: 1, Delivered: 2,
			Accepted: 6, Overwritten: 1, Erased: 1,
			LastDuration: 3 * time.Second, WorstDuration: 3 * time.Second,
		})
		gate.out <- errSink
		wantError(t, "Flush", <-done, errSink, "1 entries")
		check("with a failure", pbuf.PartitionStats{
			Size: 1, Generations: 1, Inserted: 4, Flushes: 1, Batches: 2, Delivered: 2, Failed: 1,
			Accepted: 6, Overwritten: 1, Erased: 1, Dropped: 1,
			LastDuration: time.Second, WorstDuration: 3 * time.Second,
		})

		work = 0
		go func() { done <- m.Close() }()
		<-gate.in
		check("stopping", pbuf.PartitionStats{
			InFlight: 1, Generations: 2, Inserted: 5, Flushes: 1, Batches: 2, Delivered: 2, Failed: 1,
			Accepted: 6, Overwritten: 1, Erased: 1, Dropped: 1,
			LastDuration: time.Second, WorstDuration: 3 * time.Second,
		})
		gate.out <- errSink
		wantError(t, "Close", <-done, errSink, "1 entries")
		check("stopped", pbuf.PartitionStats{
			Generations: 2, Inserted: 5, Flushes: 2, Batches: 3, Delivered: 2, Failed: 2, Undelivered: 1,
			Accepted: 6, Overwritten: 1, Erased: 1, Dropped: 1,
			LastDuration: 0, WorstDuration: 3 * time.Second,
		})
	})
}

// Sums are sums, and durations the maximum of the partitions'.
func TestStatsOfPartitions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := start(t, everyPartition(func(_ context.Context, batch []pbuf.Entry[uint64, int]) error {
			time.Sleep(time.Duration(batch[0].Value) * time.Second)
			return nil
		}))
		for k := range uint64(3) {
			must(t, m.Put(k, int(k)+1))
			must(t, m.Put(k+3, 0)) // the same batch
		}
		flush(t, m)
		must(t, m.Put(1, 1))
		flush(t, m)
		must(t, m.Put(0, 1))
		s := m.Stats()
		one := pbuf.PartitionStats{Generations: 1, Inserted: 2, Flushes: 1, Batches: 1, Accepted: 2, Delivered: 2}
		want := []pbuf.PartitionStats{one, one, one}
		want[0].Size, want[0].Accepted = 1, 3
		want[0].LastDuration, want[0].WorstDuration = time.Second, time.Second
		want[1] = pbuf.PartitionStats{
			Generations: 2, Inserted: 3, Flushes: 2, Batches: 2, Accepted: 3, Delivered: 3,
			LastDuration: time.Second, WorstDuration: 2 * time.Second,
		}
		want[2].LastDuration, want[2].WorstDuration = 3*time.Second, 3*time.Second
		for i := range s.Partitions {
			s.Partitions[i] = counts(s.Partitions[i])
		}
		if diff := cmp.Diff(want, s.Partitions); diff != "" {
			t.Errorf("Partitions (-want +got):\n%s", diff)
		}
		sum := pbuf.PartitionStats{
			Size: 1, Generations: 4, Inserted: 7, Flushes: 4, Batches: 4, Accepted: 8, Delivered: 7,
			LastDuration: 3 * time.Second, WorstDuration: 3 * time.Second,
		}
		if diff := cmp.Diff(sum, counts(s.PartitionStats)); diff != "" {
			t.Errorf("sum (-want +got):\n%s", diff)
		}
	})
}
