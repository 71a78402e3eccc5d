package pbuf

import "time"

// Stats is a snapshot of the books, of one moment per partition but for what writers
// are changing. Stale rejects and reads are not counted.
type Stats struct {
	Name       string           // Options.Name
	Partitions []PartitionStats // by partition
	// PartitionStats: the sum; of durations, ages and ConsecutiveFailures the maximum, of
	// times the latest
	PartitionStats
}

// PartitionStats are one partition's books. Counters count from New on.
type PartitionStats struct {
	Size        int    // entries in the current generation
	InFlight    int    // entries handed over for delivery, and in none of the counters below yet
	Bytes       int64  // sizes of the entries that count for Options.MaxBytes; 0 without it
	Generations uint64 // generations retired with entries in them
	Inserted    uint64 // writes that found the key absent, in retired generations
	// Accepted: writes that returned no error, stale ones excepted, and entries of
	// Options.Initial: see Balance
	Accepted  uint64
	Delivered uint64 // entries for which the processor returned nil
	// Overwritten: writes that a later one to their key replaced or was merged with, also
	// when their delivery failed
	Overwritten uint64
	Erased      uint64 // entries that Delete took out of the buffer
	// Dropped: entries given up that no DeadLetter took, and those dropped for want of room
	Dropped             uint64
	DroppedGivenUp      uint64        // of Dropped: given up
	DroppedNoRoom       uint64        // of Dropped: for want of room (see FullPolicy)
	DeadLettered        uint64        // entries for which DeadLetter returned nil
	Undelivered         int           // entries that Stop could not deliver
	Flushes             uint64        // generations that have been through the processor
	Batches             uint64        // calls of the processor
	Failed              uint64        // entries for which a call did not return nil, each time
	Requeued            uint64        // entries put back after a failure, each time
	Stuck               int           // calls of the processor that run past their timeout
	BackingOff          time.Duration // until the next delivery after a failure may start; 0: not waiting
	HookFailures        uint64        // hooks that panicked or called runtime.Goexit
	LastDuration        time.Duration // of the last call of the processor
	WorstDuration       time.Duration // of the longest, since New or the last ResetWorstDuration
	LastSuccess         time.Time     // when the processor last delivered something; zero: never
	LastError           error         // what the last failed call failed with; nil: none has failed
	LastErrorAt         time.Time     // when that was
	ConsecutiveFailures int           // calls of the processor in a row that delivered nothing
	CallsFailed         uint64        // calls of the processor that did not deliver their whole batch
	CallsTimedOut       uint64        // of CallsFailed: at the end of ProcessorTimeout, or later
	CallsPanicked       uint64        // of CallsFailed: that panicked or called runtime.Goexit
	WritesBlocked       uint64        // writes that had to wait for room, each once
	WritesWaiting       int           // writes that wait for room now
	WritesRefused       uint64        // writes that returned ErrFull
	// OldestAge is the time since the oldest entry in the buffer or in flight, or one that
	// it replaced after a failed delivery, was written; 0: none. It may be too high by the
	// time that a generation was current, an interval.
	OldestAge time.Duration
}

// Stats returns the books, empty ones on the zero Map. It disturbs no writer.
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
	s.Bytes += o.Bytes
	s.Accepted += o.Accepted
	s.Delivered += o.Delivered
	s.Overwritten += o.Overwritten
	s.Erased += o.Erased
	s.Dropped += o.Dropped
	s.DeadLettered += o.DeadLettered
	s.Undelivered += o.Undelivered
	s.Generations += o.Generations
	s.Inserted += o.Inserted
	s.Flushes += o.Flushes
	s.Batches += o.Batches
	s.Failed += o.Failed
	s.Requeued += o.Requeued
	s.Stuck += o.Stuck
	s.BackingOff = max(s.BackingOff, o.BackingOff)
	s.HookFailures += o.HookFailures
	s.LastDuration = max(s.LastDuration, o.LastDuration)
	s.WorstDuration = max(s.WorstDuration, o.WorstDuration)
	s.addVitals(o)
}

func (f *flusher[K, V]) snapshot() PartitionStats {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, c := f.ledgerLocked(), &f.books
	s.Flushes, s.Batches, s.Failed, s.Requeued = c.flushes, c.batches, c.failed, c.requeued
	s.LastDuration, s.WorstDuration = c.last, c.worst
	s.Bytes = f.part.Bytes()
	s.Stuck, s.HookFailures = int(f.runner.stuck.Load()), f.runner.hookFailures.Load()
	s.WritesBlocked, s.WritesRefused = f.overflow.blocked.Load(), f.overflow.rejected.Load()
	s.WritesWaiting = int(f.overflow.waiting.Load())
	c.vitals.snapshot(&s, time.Now())
	if !c.backingOff.IsZero() {
		s.BackingOff = max(0, time.Until(c.backingOff))
	}
	return s
}
