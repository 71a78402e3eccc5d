package rivaltest

import (
	"sync"
	"testing"

	"github.com/partitioned-buffer/go/benchmarks/rival"
)

// ledger is a sink that keeps what it is handed.
type ledger struct {
	mu      sync.Mutex
	entries []rival.Entry[int, int]
	largest int
}

func (l *ledger) sink(batch []rival.Entry[int, int]) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = append(l.entries, batch...)
	l.largest = max(l.largest, len(batch))
}

// byKey returns the deliveries of each key in their order.
func (l *ledger) byKey(t *testing.T) map[int][]rival.Entry[int, int] {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.largest > rival.BatchSize {
		t.Errorf("a batch of %d entries, want at most %d", l.largest, rival.BatchSize)
	}
	keys := map[int][]rival.Entry[int, int]{}
	for _, e := range l.entries {
		keys[e.Key] = append(keys[e.Key], e)
	}
	return keys
}
