package pbuf

import (
	"sync/atomic"
	"time"
)

// Stats is a snapshot of the buffer's books. Numbers of one partition are
// consistent with each other only when it is at rest.
//
// What a writer would have to write to shared memory for is not counted while
// it happens: overwrites, stale rejects and reads. Inserts are counted, since
// an insert takes a slot number anyway.
type Stats struct {
	Name           string           // Options.Name
	Partitions     []PartitionStats // by partition
	PartitionStats                  // the sum; durations are the maximum
}

// PartitionStats are one partition's books. Counters count from New on.
type PartitionStats struct {
	Size          int           // entries in the current generation
	InFlight      int           // entries retired and not through the processor yet
	Generations   uint64        // generations retired with entries in them
	Inserted      uint64        // writes that found the key absent, in retired generations
	Drains        uint64        // generations that have been through the processor
	Batches       uint64        // calls of the processor
	Delivered     uint64        // entries for which the processor returned nil
	Failed        uint64        // entries for which it did not
	Undelivered   int           // entries that Stop could not deliver
	HookFailures  uint64        // hooks that panicked or called runtime.Goexit
	LastDuration  time.Duration // of the last call of the processor
	WorstDuration time.Duration // of the longest
}

// Stats returns the books. Writers are not disturbed; it takes each partition's
// retire lock for a moment. The zero Map's are empty.
func (m *Map[K, V]) Stats() Stats {
	all := Stats{Name: m.options.Name, Partitions: make([]PartitionStats, len(m.flushers))}
	for i, f := range m.flushers {
		s := f.snapshot()
		all.Partitions[i] = s
		all.add(s)
	}
	return all
}

func (s *PartitionStats) add(o PartitionStats) {
	s.Size += o.Size
	s.InFlight += o.InFlight
	s.Generations += o.Generations
	s.Inserted += o.Inserted
	s.Drains += o.Drains
	s.Batches += o.Batches
	s.Delivered += o.Delivered
	s.Failed += o.Failed
	s.Undelivered += o.Undelivered
	s.HookFailures += o.HookFailures
	s.LastDuration = max(s.LastDuration, o.LastDuration)
	s.WorstDuration = max(s.WorstDuration, o.WorstDuration)
}

// counters are written by the flusher (inFlight and failed also by Stop) and
// read by Stats: single numbers that order nothing else.
type counters struct {
	inFlight     atomic.Int64
	drains       atomic.Uint64
	batches      atomic.Uint64
	delivered    atomic.Uint64
	failed       atomic.Uint64
	hookFailures atomic.Uint64
	last         atomic.Int64 // nanoseconds
	worst        atomic.Int64
}

func (c *counters) called(d time.Duration) {
	c.batches.Add(1)
	c.last.Store(int64(d))
	c.worst.Store(max(c.worst.Load(), int64(d))) // one writer: no update is lost
}

func (f *flusher[K, V]) snapshot() PartitionStats {
	ledger := f.part.Ledger()
	f.mu.Lock()
	undelivered, waiting := len(f.undelivered), 0
	if f.final != nil {
		waiting = f.final.Len()
	}
	f.mu.Unlock()
	c := &f.stats
	return PartitionStats{
		Size:          f.part.Size(),
		InFlight:      int(c.inFlight.Load()) + waiting,
		Generations:   ledger.Retired,
		Inserted:      ledger.Inserted,
		Drains:        c.drains.Load(),
		Batches:       c.batches.Load(),
		Delivered:     c.delivered.Load(),
		Failed:        c.failed.Load(),
		Undelivered:   undelivered,
		HookFailures:  c.hookFailures.Load(),
		LastDuration:  time.Duration(c.last.Load()),
		WorstDuration: time.Duration(c.worst.Load()),
	}
}
