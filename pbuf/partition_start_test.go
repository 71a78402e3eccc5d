package pbuf_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// What a buffer begins with is delivered, though nobody writes.
func TestInitialEntriesAreDelivered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := start(t, options{
			FlushInterval: time.Minute, Processor: discard[string, int],
			Initial: func(yield func(entry) bool) { yield(entry{Key: "k", Value: 1}) },
		})
		time.Sleep(time.Minute + 1)
		synctest.Wait()
		if n := m.Stats().Delivered; n != 1 {
			t.Errorf("%d delivered after an interval, want 1", n)
		}
	})
}

// PartitionStart does not wait for a write, though without it a partition's goroutine
// does; and settings that come before that are those it starts with.
func TestPartitionsStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var starts atomic.Int64
		m := start(t, options{
			Partitions: 4, FlushInterval: time.Hour, Processor: discard[string, int],
			Hooks: pbuf.Hooks{PartitionStart: func(pbuf.PartitionInfo) { starts.Add(1) }},
		})
		synctest.Wait()
		if n := starts.Load(); n != 4 {
			t.Errorf("PartitionStart was called %d times before the first write, want 4", n)
		}
		must(t, m.Close())

		m = start(t, options{Partitions: 1, FlushInterval: time.Hour, Processor: discard[string, int]})
		must(t, m.UpdateSettings(func(s *pbuf.Settings) { s.FlushInterval = time.Second }))
		must(t, m.Put("k", 1))
		time.Sleep(time.Second + 1)
		synctest.Wait()
		if n := m.Stats().Delivered; n != 1 {
			t.Errorf("%d delivered after the new interval, want 1", n)
		}
	})
}
