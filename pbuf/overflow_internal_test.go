package pbuf

import (
	"context"
	"errors"
	"testing"
)

// full builds a buffer of many partitions that is full with one entry, in
// partition home, and takes away all partitions but these: a write that so much as
// looks at another one panics.
func full(t *testing.T, policy FullPolicy, home int, kept ...int) *Map[int, int] {
	t.Helper()
	const partitions = 16_384
	m, err := build(Options[int, int]{
		Partitions: partitions, Capacity: 1, OnFull: policy,
		PartitionBy: func(key int) uint64 { return uint64(key) },
		Processor:   func(context.Context, []Entry[int, int]) error { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Put(home, 1); err != nil {
		t.Fatal(err)
	}
	only := make([]*flusher[int, int], partitions)
	for _, i := range append(kept, home) {
		only[i] = m.flushers[i]
		select {
		case <-only[i].alarm.wake: // of the insert
		default:
		}
	}
	m.flushers = only
	if m.direct != nil {
		m.direct = only
	}
	return m
}

// A write that finds the buffer full touches its own partition, however many there
// are; that one's flusher tells the others.
func TestFullBufferTouchesOnePartition(t *testing.T) {
	for _, policy := range []FullPolicy{Reject, DropNewest} {
		m := full(t, policy, 9000, 3)
		stored, err := m.PutNewer(3, 1, 1)
		if stored || (policy == Reject) != errors.Is(err, ErrFull) {
			t.Errorf("policy %d: PutNewer = %v, %v", policy, stored, err)
		}
		if own := m.flushers[3]; !own.overflow.found.Load() || len(own.alarm.wake) != 1 {
			t.Errorf("policy %d: its flusher is not asked to tell the others", policy)
		}
		if home := m.flushers[9000]; home.overflow.found.Load() || home.overflow.urgent.Load() || len(home.alarm.wake) != 0 {
			t.Errorf("policy %d: the write wakes another partition", policy)
		}
	}
}

// Nor does one that waits for room, whose context ends.
func TestWaitingForRoomTouchesOnePartition(t *testing.T) {
	m := full(t, Block, 9000, 3)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := m.PutContext(ctx, 3, 1); !errors.Is(err, ErrFull) || !errors.Is(err, context.Canceled) {
		t.Errorf("PutContext = %v", err)
	}
	if own := m.flushers[3]; !own.overflow.found.Load() || len(own.alarm.wake) != 1 {
		t.Error("its flusher is not asked to tell the others")
	}
}

// DropOldest goes to the partition that has something, past all others.
func TestDropOldestTouchesTheVictimsPartition(t *testing.T) {
	for _, home := range []int{0, 63, 64, 3, 9000, 16_383} {
		m := full(t, DropOldest, home, 3)
		if err := m.Put(3, 1); err != nil {
			t.Fatal(err)
		}
		if _, ok := m.Get(3); !ok || m.flushers[3].part.Size() != 1 || home != 3 && m.flushers[home].part.Size() != 0 {
			t.Errorf("of partition %d: Get = %v", home, ok)
		}
		m.flushers[3].part.Retire() // in flight: nobody can be dropped now
		m.flushers[3].resetAges()
		if stored, err := m.PutNewer(home, 1, 1); stored || err != nil {
			t.Errorf("of partition %d: PutNewer = %v, %v; want it dropped", home, stored, err)
		}
	}
}

// The flushers tell all once for the room that is wanted, not each for itself.
func TestSpreadTellsOnce(t *testing.T) {
	const partitions = 100
	m, err := build(Options[int, int]{
		Partitions: partitions, Capacity: 1, OnFull: Reject,
		PartitionBy: func(key int) uint64 { return uint64(key) },
		Processor:   func(context.Context, []Entry[int, int]) error { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	told := func() (n int) {
		for _, f := range m.flushers {
			if f.overflow.urgent.Swap(false) {
				n++
			}
		}
		return n
	}
	refuse := func(key int) {
		t.Helper()
		if err := m.Put(key, 1); !errors.Is(err, ErrFull) {
			t.Fatalf("Put = %v, want it refused", err)
		}
		m.flushers[key].spread()
	}
	if err := m.Put(0, 1); err != nil {
		t.Fatal(err)
	}
	m.flushers[1].spread()
	if n := told(); n != 0 {
		t.Errorf("%d partitions are told of nothing", n)
	}
	refuse(1)
	if n := told(); n != partitions {
		t.Errorf("%d partitions are told, want all", n)
	}
	refuse(2)
	refuse(1)
	if n := told(); n != 0 {
		t.Errorf("%d partitions are told again, and no room was made", n)
	}
	if _, err := m.Delete(0); err != nil { // room, which is taken at once
		t.Fatal(err)
	}
	if err := m.Put(5, 1); err != nil {
		t.Fatal(err)
	}
	refuse(2)
	if n := told(); n != partitions {
		t.Errorf("%d partitions are told of what took the room, want all", n)
	}
}
