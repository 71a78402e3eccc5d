package linear

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// wide is a value that is copied in many steps; a mixture of two shows.
type wide struct {
	n    uint64
	text string
	rest [12]uint64
}

func wideOf(n uint64) (w wide) {
	w.n, w.text = n, fmt.Sprint(n)
	for i := range w.rest {
		w.rest[i] = n * uint64(i+1)
	}
	return w
}

func (w wide) torn() bool { return w != wideOf(w.n) }

// TestNoTornValuesConcurrentSafe: whoever gets a value, by Get or as an entry,
// gets one that somebody put (S2). Nothing but the buffer orders the goroutines
// here, no clock and no log: what it forgot to order, the race detector sees.
func TestNoTornValuesConcurrentSafe(t *testing.T) {
	var delivered atomic.Int64
	m, err := pbuf.New(pbuf.Options[string, wide]{
		FlushInterval: 200 * time.Microsecond, Partitions: 2,
		Processor: func(_ context.Context, batch []pbuf.Entry[string, wide]) error {
			for _, e := range batch {
				if e.Value.torn() {
					t.Errorf("S2: delivered a torn value %v", e.Value)
				}
			}
			delivered.Add(int64(len(batch)))
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	keys := []string{"a", "b", "c"}
	perGoroutine := *rounds * 20
	var all sync.WaitGroup
	for g := range 4 {
		all.Go(func() {
			for i := range perGoroutine {
				key, n := keys[(i+g)%len(keys)], uint64(i)<<8|uint64(g)
				switch i % 5 {
				case 0, 1:
					if err := m.Put(key, wideOf(n)); err != nil {
						t.Error(err)
					}
				case 2:
					if _, err := m.PutNewer(key, wideOf(n), int64(n)); err != nil {
						t.Error(err)
					}
				case 3:
					if w, ok := m.Get(key); ok && w.torn() {
						t.Errorf("S2: got a torn value %v", w)
					}
				case 4:
					if _, err := m.Delete(key); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
	if err := m.Close(); err != nil {
		t.Error(err)
	}
	if delivered.Load() == 0 {
		t.Error("nothing was delivered beside the writers")
	}
	t.Logf("explored: %d operations, %d entries delivered", 4*perGoroutine, delivered.Load())
}
