package pbuf_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/partitioned-buffer/go/pbuf"
)

var errDown = errors.New("sink is down")

// balanced fails the test if the books do not balance.
func balanced[K comparable, V any](t testing.TB, m *pbuf.Map[K, V]) pbuf.PartitionStats {
	t.Helper()
	s := m.Stats()
	for i := range s.Partitions {
		if b := s.Partitions[i].Balance(); b != 0 {
			t.Fatalf("partition %d is out of balance by %d: %+v", i, b, s.Partitions[i])
		}
	}
	return s.PartitionStats
}

// What failed comes back with all it had, unless it was written anew.
func TestRequeue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newTurnstile[string, int]()
		m := start(t, options{Partitions: 1, FlushInterval: never, Processor: gate.process})
		for v := range int64(3) {
			_, err := m.PutNewer("kept", int(v), v+1)
			must(t, err)
		}
		_, err := m.PutNewer("newer", 1, 5)
		must(t, err)
		must(t, m.Put("plain", 1))
		_, err = m.PutNewer("stale", 1, 5)
		must(t, err)
		flushed := make(chan error, 1)
		go func() { flushed <- m.Flush(t.Context()) }()
		<-gate.in
		balanced(t, m)
		_, err = m.PutNewer("newer", 2, 6)
		must(t, err)
		must(t, m.Put("plain", 2))
		if ok, err := m.PutNewer("stale", 2, 4); ok || err != nil {
			t.Errorf("a version older than the one in flight: %v, %v; want it rejected", ok, err)
		}
		gate.out <- errDown
		wantError(t, "Flush", <-flushed, errDown, "2 entries") // the other two were overwritten
		if s := balanced(t, m); s.Requeued != 2 || s.Overwritten != 2+2 || s.Size != 4 {
			t.Errorf("Stats = %+v", s)
		}
		want := []entry{
			{Key: "kept", Value: 2, Version: 3, Updates: 2, Attempts: 1},
			{Key: "newer", Value: 2, Version: 6},
			{Key: "plain", Value: 2},
			{Key: "stale", Value: 1, Version: 5, Attempts: 1},
		}
		go func() { flushed <- m.Flush(t.Context()) }() // does not wait for the backoff
		got := <-gate.in
		gate.out <- nil
		got = append(got, <-gate.in...) // what failed before, apart
		gate.out <- nil
		must(t, <-flushed)
		byKey(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("second delivery (-want +got):\n%s", diff)
		}
		balanced(t, m)
	})
}

func byKey(list []entry) {
	slices.SortFunc(list, func(a, b entry) int { return cmp2(a.Key, b.Key) })
}

func cmp2(a, b string) int {
	if a < b {
		return -1
	}
	return 1
}

// While the sink is down the waiting times double, with jitter, up to the
// maximum; neither interval nor threshold cuts them short. Then it starts anew.
func TestBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls []time.Time
		var announced []time.Duration
		var down atomic.Bool
		down.Store(true)
		m := start(t, options{
			Partitions: 1, FlushInterval: time.Millisecond, FlushThreshold: 1,
			Retry: pbuf.Retry{InitialBackoff: time.Second, MaxBackoff: 10 * time.Second},
			Processor: func(context.Context, []entry) error {
				calls = append(calls, time.Now())
				if down.Load() {
					return errDown
				}
				return nil
			},
			Hooks: pbuf.Hooks{Backoff: func(i pbuf.BackoffInfo) { announced = append(announced, i.Duration) }},
		})
		must(t, m.Put("k", 1))
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if len(calls) < 8 || len(announced) != len(calls) {
			t.Fatalf("%d calls and %d backoffs in two minutes", len(calls), len(announced))
		}
		for i := 1; i < len(calls); i++ {
			gap := calls[i].Sub(calls[i-1])
			base := min(time.Second<<(i-1), 10*time.Second)
			if gap != announced[i-1] || gap < base/2 || gap > min(base*3/2, 10*time.Second) {
				t.Errorf("gap %d is %v, announced %v; want about %v", i, gap, announced[i-1], base)
			}
		}
		if s := m.Stats(); s.BackingOff <= 0 {
			t.Errorf("BackingOff = %v while the sink is down", s.BackingOff)
		}
		down.Store(false)
		time.Sleep(time.Minute)
		synctest.Wait()
		n := len(calls)
		down.Store(true)
		must(t, m.Put("k", 2))
		time.Sleep(100 * time.Millisecond)
		synctest.Wait()
		if d := announced[len(announced)-1]; len(calls) != n+1 || d > 1500*time.Millisecond {
			t.Errorf("after a success: %d calls, backoff %v; want one, and the first backoff", len(calls)-n, d)
		}
	})
}

// A sink that is down sees two calls per round, however much waits for it, and
// nothing that was not tried counts an attempt.
func TestDeadSinkIsNotHammered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 10_000
		calls, skipped, down := 0, 0, true
		got := map[int]int{}
		m := start(t, pbuf.Options[int, int]{
			Partitions: 1, FlushInterval: never, BatchSize: 100,
			Processor: func(_ context.Context, batch []pbuf.Entry[int, int]) error {
				calls++
				if down {
					return errDown
				}
				for _, e := range batch {
					got[e.Key]++
				}
				return nil
			},
			Hooks: pbuf.Hooks{Requeued: func(i pbuf.RequeueInfo) {
				if i.Skipped {
					skipped += i.Entries
				}
			}},
		})
		for k := range n {
			must(t, m.Put(k, k))
		}
		var failure *pbuf.FlushError
		for range 5 {
			if err := m.Flush(t.Context()); !errors.As(err, &failure) || failure.Failed != n {
				t.Fatalf("Flush = %v, want all %d entries failed", err, n)
			}
		}
		if calls != 10 || skipped != 5*n-int(m.Stats().Failed) {
			t.Errorf("%d calls in 5 rounds, want 10; %d skipped", calls, skipped)
		}
		balanced(t, m)
		calls, down = 0, false
		must(t, m.Flush(t.Context()))
		if len(got) != n || calls > n/100+20 {
			t.Errorf("after recovery: %d entries in %d calls", len(got), calls)
		}
		t.Logf("recovery: %d entries in %d calls", n, calls)
	})
}
