package pbuf_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// Writers against a sink that fails at some rate for a while, then recovers:
// nothing is lost, no older version comes after a newer one, and the books
// balance whenever anybody looks.
func TestFaultsConserveConcurrentSafe(t *testing.T) {
	for _, rate := range []int{1, 50, 100} {
		t.Run(fmt.Sprint(rate, " per cent"), func(t *testing.T) {
			const keys, writers, each = 300, 4, 4000
			var rage atomic.Int64 // failures per hundred entries or calls
			rage.Store(int64(rate))
			var mu sync.Mutex
			last := map[int]int64{}
			delivered := uint64(0)
			m := start(t, pbuf.Options[int, int64]{
				Partitions: 2, FlushInterval: time.Millisecond, BatchSize: 16, VersionMemory: keys,
				Retry: pbuf.Retry{InitialBackoff: 100 * time.Microsecond, MaxBackoff: time.Millisecond},
				Processor: func(_ context.Context, batch []pbuf.Entry[int, int64]) error {
					mu.Lock()
					defer mu.Unlock()
					r := int(rage.Load())
					switch dice := rand.IntN(3); {
					case r == 0 || dice < 2 && rand.IntN(100) >= r:
					case dice == 0:
						return errDown
					default:
						var bad []pbuf.Entry[int, int64]
						for _, e := range batch {
							if rand.IntN(100) < r {
								bad = append(bad, e)
							} else if last[e.Key] >= e.Version {
								t.Errorf("key %d: version %d after %d", e.Key, e.Version, last[e.Key])
							} else {
								last[e.Key] = e.Version
								delivered++
							}
						}
						if len(bad) == 0 {
							return nil
						}
						return pbuf.Failed(errDown, bad...)
					}
					for _, e := range batch {
						if last[e.Key] >= e.Version {
							t.Errorf("key %d: version %d after %d", e.Key, e.Version, last[e.Key])
						}
						last[e.Key] = e.Version
						delivered++
					}
					return nil
				},
			})
			var highest [keys]atomic.Int64
			var accepted atomic.Uint64
			var wg sync.WaitGroup
			for range writers {
				wg.Go(func() {
					for i := range each {
						k := rand.IntN(keys)
						version := highest[k].Add(1)
						if i%7 == 0 {
							version = max(1, version-int64(rand.IntN(3)))
						}
						ok, err := m.PutNewer(k, version, version)
						if err != nil {
							t.Error(err)
						}
						if ok {
							accepted.Add(1)
						}
						if i%500 == 0 {
							if s := m.Stats(); s.Balance() != 0 {
								t.Errorf("out of balance by %d: %+v", s.Balance(), s.PartitionStats)
							}
						}
					}
				})
			}
			wg.Wait()
			rage.Store(0)
			// A call that began before may still fail; what fails once Stop has begun is
			// not tried again.
			for m.Flush(t.Context()) != nil {
			}
			must(t, m.Close())
			s := balanced(t, m)
			if s.Accepted != accepted.Load() || s.Delivered != delivered || s.Dropped+s.DeadLettered+s.Erased != 0 || s.Undelivered+s.Size+s.InFlight != 0 {
				t.Errorf("writers had %d accepted, the sink %d: %+v", accepted.Load(), delivered, s)
			}
			for k := range keys {
				if h := highest[k].Load(); last[k] > h || last[k] < h-2 {
					t.Errorf("key %d ended at version %d of %d", k, last[k], h)
				}
			}
			t.Logf("accepted %d, delivered %d, overwritten %d, requeued %d, failed %d", s.Accepted, s.Delivered, s.Overwritten, s.Requeued, s.Failed)
		})
	}
}

// A Stop at every point of a run with failures: before the n-th call of the
// processor returns. Each write is delivered, overwritten or in Undelivered, and
// a second buffer that starts with those delivers them.
func TestStopAtEveryPoint(t *testing.T) {
	for _, outcome := range []struct {
		name string
		fail func(call int) error
	}{
		{"all fail", func(int) error { return errDown }},
		{"every second fails", func(call int) error { return [...]error{nil, errDown}[call%2] }},
		{"none fails", func(int) error { return nil }},
	} {
		for at := range 12 {
			t.Run(fmt.Sprint(outcome.name, ", call ", at), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { stopAt(t, at, outcome.fail) })
			})
		}
	}
}

func stopAt(t *testing.T, at int, fail func(call int) error) {
	sink := map[int]int{}
	calls := 0
	reached, goOn := make(chan struct{}), make(chan struct{})
	m := start(t, pbuf.Options[int, int]{
		Partitions: 1, FlushInterval: time.Second, BatchSize: 4,
		Retry: pbuf.Retry{InitialBackoff: 100 * time.Millisecond},
		Processor: func(_ context.Context, batch []pbuf.Entry[int, int]) error {
			call := calls
			calls++
			if call == at {
				close(reached)
				<-goOn
			}
			if err := fail(call); err != nil {
				return err
			}
			for _, e := range batch {
				sink[e.Key] = e.Value
			}
			return nil
		},
	})
	truth := map[int]int{}
	writes := uint64(0)
	write := func() {
		for range 9 {
			k := int(writes*7) % 20
			writes++
			truth[k] = int(writes)
			must(t, m.Put(k, int(writes)))
		}
	}
	for waiting := true; waiting; {
		write()
		balanced(t, m)
		select {
		case <-reached:
			waiting = false
		case <-time.After(300 * time.Millisecond):
		}
	}
	write()
	balanced(t, m)
	stopped := make(chan error, 1)
	go func() { stopped <- m.Close() }()
	synctest.Wait()
	balanced(t, m)
	close(goOn)
	err := <-stopped
	s := balanced(t, m)
	left := slices.Collect(m.Undelivered())
	var u *pbuf.UndeliveredError
	if (err != nil) != (len(left) > 0) || err != nil && (!errors.As(err, &u) || u.Count != len(left)) || s.Undelivered != len(left) {
		t.Errorf("Close = %v with %d undelivered", err, len(left))
	}
	if s.Accepted != writes || s.Size+s.InFlight != 0 {
		t.Errorf("%d writes: %+v", writes, s)
	}
	keys := map[int]bool{}
	for _, e := range left {
		if keys[e.Key] {
			t.Errorf("key %d is undelivered twice", e.Key)
		}
		keys[e.Key] = true
	}
	next, err := pbuf.New(pbuf.Options[int, int]{
		Initial: m.Undelivered(),
		Processor: func(_ context.Context, batch []pbuf.Entry[int, int]) error {
			for _, e := range batch {
				sink[e.Key] = e.Value
			}
			return nil
		},
		Partitions: 1,
	})
	must(t, err)
	if s := balanced(t, next); int(s.Accepted) != len(left) || s.Size != len(left) {
		t.Errorf("after the handoff: %+v, want %d accepted", s, len(left))
	}
	must(t, next.Close())
	balanced(t, next)
	if !maps.Equal(sink, truth) {
		t.Errorf("the sink has %v, want %v", sink, truth)
	}
}
