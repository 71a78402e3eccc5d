package pbuf_test

import (
	"testing"
	"testing/synctest"

	"github.com/partitioned-buffer/go/pbuf"
)

// thresholdBuffer has one partition that no interval ever drains.
func thresholdBuffer(t *testing.T, threshold int) (*pbuf.Map[int, int], *recorder[int, int]) {
	var r recorder[int, int]
	m := start(t, pbuf.Options[int, int]{
		Partitions: 1, FlushInterval: never, FlushThreshold: threshold, Processor: r.process,
	})
	return m, &r
}

// wantDelivered checks the number of entries delivered once the buffer is at rest.
func wantDelivered(t *testing.T, r *recorder[int, int], want int) {
	t.Helper()
	synctest.Wait()
	if got := len(r.entries()); got != want {
		t.Errorf("%d entries delivered, want %d", got, want)
	}
}

func TestFlushThreshold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, r := thresholdBuffer(t, 3)
		must(t, m.Put(1, 0))
		must(t, m.Put(2, 0))
		for range 10 {
			must(t, m.Put(2, 0)) // overwrites are no new entries
		}
		wantDelivered(t, r, 0)
		must(t, m.Put(3, 0))
		wantDelivered(t, r, 3) // and the clock has not moved: nothing polls
	})
}

func TestFlushThresholdByEveryKindOfInsert(t *testing.T) {
	for name, write := range map[string]func(m *pbuf.Map[int, int], k int) error{
		"Put":      func(m *pbuf.Map[int, int], k int) error { return m.Put(k, 0) },
		"PutNewer": func(m *pbuf.Map[int, int], k int) error { _, err := m.PutNewer(k, 0, 1); return err },
		"PutAll": func(m *pbuf.Map[int, int], k int) error {
			_, err := m.PutAll(func(yield func(int, int) bool) { yield(k, 0) })
			return err
		},
		"PutAllNewer": func(m *pbuf.Map[int, int], k int) error {
			_, err := m.PutAllNewer(func(yield func(pbuf.Versioned[int, int]) bool) { yield(pbuf.Versioned[int, int]{Key: k, Version: 1}) })
			return err
		},
		"Route": func(m *pbuf.Map[int, int], k int) error { return pbuf.Route(m, "pinned").Put(k, 0) },
		"revival": func(m *pbuf.Map[int, int], k int) error {
			if k == 2 { // key 1 is there but deleted: the second entry is its revival
				_ = m.Put(2, 0)
				k = 1
			} else {
				_ = m.Put(1, 0)
				_, _ = m.Delete(1)
				return nil
			}
			return m.Put(k, 0)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m, r := thresholdBuffer(t, 2)
				for range 3 { // each generation has its own count
					before := len(r.entries())
					must(t, write(m, 1))
					wantDelivered(t, r, before)
					must(t, write(m, 2))
					wantDelivered(t, r, before+2)
				}
			})
		})
	}
}

// Deleted entries are not buffered: they don't count.
func TestFlushThresholdCountsLiveEntries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, r := thresholdBuffer(t, 2)
		for k := range 10 {
			must(t, m.Put(k, 0))
			_, err := m.Delete(k)
			must(t, err)
		}
		wantDelivered(t, r, 0)
		must(t, m.Put(20, 0))
		must(t, m.Put(21, 0))
		wantDelivered(t, r, 2)
	})
}

// What reaches the threshold while a delivery runs is delivered right after it.
func TestFlushThresholdReachedDuringADrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newTurnstile[int, int]()
		m := start(t, pbuf.Options[int, int]{
			Partitions: 1, FlushInterval: never, FlushThreshold: 2, Processor: gate.process,
		})
		must(t, m.Put(1, 0))
		must(t, m.Put(2, 0))
		<-gate.in
		must(t, m.Put(3, 0))
		must(t, m.Put(4, 0))
		must(t, m.Put(5, 0))
		gate.out <- nil
		if batch := <-gate.in; len(batch) != 3 {
			t.Errorf("second batch %v, want 3 entries", batch)
		}
		gate.out <- nil
	})
}

// A threshold is the partition's own: a full one does not drain its neighbour.
func TestFlushThresholdIsPerPartition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r recorder[uint64, int]
		m := start(t, pbuf.Options[uint64, int]{
			Partitions: 2, FlushInterval: never, FlushThreshold: 2, Processor: r.process,
			PartitionBy: func(k uint64) uint64 { return k },
		})
		for _, k := range []uint64{0, 1, 3} { // 1 and 3 share a partition
			must(t, m.Put(k, 0))
		}
		synctest.Wait()
		if len(r.entries()) != 2 || m.Size() != 1 {
			t.Errorf("delivered %v with %d left, want 1 and 3, and 0 left", r.entries(), m.Size())
		}
	})
}

func TestUpdateFlushThreshold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, r := thresholdBuffer(t, 0)
		for k := range 10 {
			must(t, m.Put(k, 0))
		}
		wantDelivered(t, r, 0)
		must(t, m.UpdateSettings(func(s *pbuf.Settings) { s.FlushThreshold = 11 }))
		wantDelivered(t, r, 0)
		must(t, m.UpdateSettings(func(s *pbuf.Settings) { s.FlushThreshold = 5 })) // reached already: due now
		wantDelivered(t, r, 10)
		must(t, m.UpdateSettings(func(s *pbuf.Settings) { s.FlushThreshold = 0 })) // off
		for k := range 20 {
			must(t, m.Put(k, 0))
		}
		wantDelivered(t, r, 10)
	})
}
