package pbuf_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/partitioned-buffer/go/pbuf"
)

// The bound is strict, overwrites are free, and what is in flight counts.
func TestCapacityReject(t *testing.T) {
	gate := newTurnstile[string, int]()
	m := start(t, options{Partitions: 1, FlushInterval: never, Capacity: 2, OnFull: pbuf.Reject, Processor: gate.process})
	must(t, m.Put("a", 1))
	ok, err := m.PutNewer("b", 1, 1)
	must(t, err)
	if !ok {
		t.Error("the second key was not stored")
	}
	_, _ = m.Delete("a")
	must(t, m.Put("c", 1)) // a's room
	must(t, m.Put("c", 2))
	// Refused, which wakes the drain: its entries keep their room in flight.
	wantError(t, "Put", m.Put("d", 1), pbuf.ErrFull, "Capacity is 2")
	<-gate.in
	wantError(t, "Put", m.Put("d", 1), pbuf.ErrFull)
	gate.out <- nil
	go func() {
		for range gate.in {
			gate.out <- nil
		}
	}()
	flush(t, m)
	must(t, m.Put("d", 1))
	must(t, m.Put("e", 1))
	must(t, m.Close())
	close(gate.in)
	balanced(t, m)
}

// Blocked writers wait for a delivery, for their deadline or for Stop.
// What is given up leaves its room, whether somebody takes it or not.
func TestCapacityOfWhatIsGivenUp(t *testing.T) {
	for name, letter := range map[string]func(context.Context, []entry, error) error{
		"dropped": nil, "dead-lettered": func(context.Context, []entry, error) error { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			m := start(t, options{
				Partitions: 1, FlushInterval: never, Capacity: 1, OnFull: pbuf.Reject,
				Retry: pbuf.Retry{Policy: pbuf.GiveUp}, DeadLetter: letter,
				Processor: func(context.Context, []entry) error { return errDown },
			})
			for range 3 {
				must(t, m.Put("k", 1))
				_ = m.Flush(t.Context())
			}
			must(t, m.Put("another", 1))
		})
	}
}

func TestCapacityBlock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var down atomic.Bool
		down.Store(true)
		var inside atomic.Pointer[error]
		var m *pbuf.Map[string, int]
		m = start(t, options{
			Partitions: 1, FlushInterval: never, Capacity: 1,
			Retry: pbuf.Retry{InitialBackoff: 2 * time.Second, MaxBackoff: 2 * time.Second}, // never at the 5 s below
			Processor: func(context.Context, []entry) error {
				if !down.Load() {
					return nil
				}
				err := m.Put("from inside", 1) // full: asks for a drain after this one
				inside.Store(&err)
				return errDown
			},
		})
		must(t, m.Put("a", 1))
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		began := time.Now()
		err := m.PutContext(ctx, "b", 1)
		wantError(t, "PutContext", err, pbuf.ErrFull)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 5*time.Second {
			t.Errorf("PutContext = %v after %v", err, time.Since(began))
		}
		must(t, m.PutContext(ctx, "a", 2)) // buffered: needs no room, nor the context
		wantError(t, "Put inside", *inside.Load(), pbuf.ErrFull)
		down.Store(false)
		must(t, m.Put("b", 1)) // waits for the retry of a
		if _, place := m.Lookup("b"); place != pbuf.Buffered {
			t.Errorf("b is %v", place)
		}
		down.Store(true)
		refused := make(chan error, 3)
		for _, k := range []string{"x", "y", "z"} {
			go func() { refused <- m.Put(k, 1) }()
		}
		synctest.Wait()
		if s := m.Stats(); s.WritesWaiting != 3 {
			t.Errorf("%d writes wait, want 3", s.WritesWaiting)
		}
		_ = m.Close()
		for range 3 {
			if err := <-refused; !errors.Is(err, pbuf.ErrClosed) {
				t.Errorf("a blocked Put = %v after Stop", err)
			}
		}
		if s := m.Stats(); s.WritesWaiting != 0 {
			t.Errorf("%d writes wait after Stop", s.WritesWaiting)
		}
		balanced(t, m)
	})
}

func TestCapacityDrop(t *testing.T) {
	for _, test := range []struct {
		policy pbuf.FullPolicy
		want   []string
	}{{pbuf.DropNewest, []string{"a", "b"}}, {pbuf.DropOldest, []string{"d", "e"}}} {
		var got recorder[string, int]
		busy, release := make(chan struct{}), make(chan struct{})
		m := start(t, options{
			Partitions: 1, FlushInterval: never, Capacity: 3, OnFull: test.policy,
			Processor: func(ctx context.Context, batch []pbuf.Entry[string, int]) error {
				if batch[0].Key == "in flight" {
					close(busy)
					<-release
					return nil
				}
				return got.process(ctx, batch)
			},
			Hooks: pbuf.Hooks{Dropped: func(i pbuf.BatchInfo) {
				wantError(t, "Dropped", i.Err, pbuf.ErrFull)
			}},
		})
		// A full buffer wakes the drain, which would make room in the middle of the
		// writes: so it is kept busy, with an entry that counts.
		must(t, m.Put("in flight", 0))
		flushed := make(chan error)
		go func() { flushed <- m.Flush(t.Context()) }()
		<-busy
		for i, k := range []string{"a", "b", "c", "d", "e"} {
			must(t, m.Put(k, i))
		}
		close(release)
		must(t, <-flushed)
		must(t, m.Close())
		if s := balanced(t, m); s.Accepted != 6 || s.Delivered != 3 || s.Dropped != 3 {
			t.Errorf("%v: %+v", test.policy, s)
		}
		var keys []string
		for _, e := range got.entries() {
			keys = append(keys, e.Key)
		}
		slices.Sort(keys)
		if diff := cmp.Diff(test.want, keys); diff != "" {
			t.Errorf("%v: delivered (-want +got):\n%s", test.policy, diff)
		}
	}
}

// Many writers, few places: never more entries than the capacity.
func TestCapacityConcurrentSafe(t *testing.T) {
	const capacity = 50
	for i, policy := range []pbuf.FullPolicy{pbuf.Block, pbuf.Reject, pbuf.DropOldest, pbuf.DropNewest, pbuf.Block} {
		var calls atomic.Int64
		m := start(t, pbuf.Options[int, int]{
			Partitions: 2 - i/4, FlushInterval: time.Millisecond, Capacity: capacity, OnFull: policy, BatchSize: 8,
			Retry: pbuf.Retry{InitialBackoff: 100 * time.Microsecond, MaxBackoff: time.Millisecond},
			Processor: func(context.Context, []pbuf.Entry[int, int]) error {
				if calls.Add(1)%3 == 0 {
					return errDown
				}
				return nil
			},
			PartitionBy: func(k int) uint64 { return uint64(k % 2) },
		})
		var accepted atomic.Uint64
		var wg sync.WaitGroup
		for w := range 4 {
			wg.Go(func() {
				for i := range 1500 {
					err := m.Put(w*10_000+i, i)
					if err == nil {
						accepted.Add(1)
					} else if policy != pbuf.Reject || !errors.Is(err, pbuf.ErrFull) {
						t.Error(err)
					}
					if i%50 != 0 {
						continue
					}
					// Partitions are looked at one after the other, so their sum is of no moment.
					for _, s := range m.Stats().Partitions {
						if s.Size+s.InFlight > capacity || s.Balance() != 0 {
							t.Errorf("policy %d: %+v", policy, s)
						}
					}
				}
			})
		}
		wg.Wait()
		_ = m.Close()
		if s := balanced(t, m); s.Accepted != accepted.Load() {
			t.Errorf("policy %d: %d accepted: %+v", policy, accepted.Load(), s)
		}
	}
}

// A write that finds the buffer full makes all partitions flush, and not its own alone,
// which may have nothing to give.
func TestRoomComesFromOtherPartitions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := start(t, pbuf.Options[int, int]{
			Partitions: 2, PartitionBy: func(key int) uint64 { return uint64(key) },
			FlushInterval: never, Capacity: 2,
			Processor: func(context.Context, []pbuf.Entry[int, int]) error { return nil },
		})
		must(t, m.Put(0, 0))
		must(t, m.Put(2, 0))
		done := false
		go func() {
			if err := m.Put(1, 0); err != nil {
				t.Error(err)
			}
			done = true
		}()
		synctest.Wait()
		if !done {
			t.Error("Put waits for room, and the partition that has it does not flush")
		}
	})
}
