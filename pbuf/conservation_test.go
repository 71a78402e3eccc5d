package pbuf_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// Eight writers with keys of their own and shared ones, deliveries all the time
// and a Stop in the middle of it: then every accepted write is accounted for.
// Without the gate's wait it hangs or races, with the seal before the swap the
// books do not balance, with a seal that does not wait for claims it is red under
// the race detector.
func TestConservationConcurrentSafe(t *testing.T) {
	type opts = pbuf.Options[conserved, write]
	for _, c := range []struct {
		name    string
		threads int
		opts    opts
	}{
		{"every millisecond", 0, opts{Partitions: 2, FlushInterval: time.Millisecond}},
		{"at a threshold", 0, opts{Partitions: 2, FlushInterval: never, FlushThreshold: 100}},
		{"both, in small batches", 0, opts{Partitions: 3, FlushInterval: time.Millisecond, FlushThreshold: 300, BatchSize: 7}},
		{"by Flush alone", 0, opts{Partitions: 2, FlushInterval: never}},
		// The system takes threads off their processor at any point, the runtime
		// goroutines at few.
		{"one partition, many threads", 16, opts{Partitions: 1, FlushInterval: time.Millisecond, FlushThreshold: 1000}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.threads > 0 {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(c.threads))
			}
			conserve(t, c.opts)
		})
	}
}

func conserve(t *testing.T, opts pbuf.Options[conserved, write]) {
	operations := int64(200_000) // of all writers; then comes Stop
	if raceEnabled {
		operations /= 5
	}
	var got recorder[conserved, write]
	opts.Processor = func(ctx context.Context, batch []delivery) error {
		runtime.Gosched() // let writers into the next generation
		return got.process(ctx, batch)
	}
	m := start(t, opts)
	var (
		clock [ownKeys]atomic.Int64
		books [writers]*book
		done  atomic.Int64
		wg    sync.WaitGroup
	)
	for w := range books {
		b := newBook(int8(w), m, &clock)
		books[w] = b
		wg.Go(func() {
			b.work(func() {
				if done.Add(1) == operations {
					wg.Go(func() { must(t, m.Stop(t.Context())) })
				}
			})
		})
	}
	wg.Go(func() {
		for {
			if err := m.Flush(t.Context()); err != nil {
				if !errors.Is(err, pbuf.ErrClosed) {
					t.Errorf("Flush: %v", err)
				}
				return
			}
		}
	})
	wg.Wait()
	settle(t, m, books[:], got.entries())
}
