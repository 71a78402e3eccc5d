package pbuf

import (
	"time"

	"github.com/partitioned-buffer/go/internal/shard"
)

// books are what Stats, Flush and Stop read of a partition. The flusher's mutex guards
// them, and no user code runs under it. Only the owner of the flush in hand writes to
// them, except for final and closed, which Stop writes.
type books[K comparable, V any] struct {
	counters
	vitals      vitals
	inFlight    int       // entries that are retired and not disposed of, but for final
	restored    uint64    // entries put back, tried or not
	returned    int       // entries that the flush under way has put back
	gone        uint64    // entries given up so far
	lastErr     error     // of the processor, or why Stop kept something
	backingOff  time.Time // end of the backoff; zero: none
	final       *shard.Retired[K, V]
	undelivered []Entry[K, V]
	closed      bool // final is set, if there was anything
	finished    bool // nothing is delivered any more
}

// counters count from New on.
type counters struct {
	flushes, batches uint64
	// What became of the entries.
	delivered, failed, requeued, superseded, dropped, deadLettered uint64
	last, worst                                                    time.Duration
}

func (c *counters) called(d time.Duration) {
	c.batches++
	c.last, c.worst = d, max(c.worst, d)
}
