package pbuf

import (
	"fmt"
	"time"
)

// Change is one change for UpdateOptions; the With functions make them.
type Change struct {
	apply func(*settings)
}

// WithFlushInterval changes Options.FlushInterval; it must be positive.
func WithFlushInterval(d time.Duration) Change {
	return Change{func(s *settings) { s.interval = d }}
}

// WithProcessorTimeout changes Options.ProcessorTimeout for the calls of the
// processor that start afterwards; it must be positive.
func WithProcessorTimeout(d time.Duration) Change {
	return Change{func(s *settings) { s.timeout = d }}
}

// WithBatchSize changes Options.BatchSize; it must be positive.
func WithBatchSize(n int) Change {
	return Change{func(s *settings) { s.batch = n }}
}

// WithFlushThreshold changes Options.FlushThreshold; 0 turns it off.
func WithFlushThreshold(n int) Change {
	return Change{func(s *settings) { s.threshold = n }}
}

// UpdateOptions changes what is named and nothing else: all of it, or, if it
// returns an error, nothing. It takes effect on all partitions at once: a
// shorter interval does not wait for the longer one to end. Safe for concurrent
// use; deliveries in progress go on as they began.
func (m *Map[K, V]) UpdateOptions(changes ...Change) error {
	if len(m.flushers) == 0 {
		return ErrClosed
	}
	m.updating.Lock()
	defer m.updating.Unlock()
	if m.stopped() {
		return ErrClosed
	}
	next := *m.settings.Load() // written under updating alone
	for i, c := range changes {
		if c.apply == nil {
			return fmt.Errorf("%w: change %d of UpdateOptions is the zero Change, make one with a With function", ErrOptions, i)
		}
		c.apply(&next)
		if err := next.validate(); err != nil {
			return err
		}
	}
	m.settings.Store(&next) // publication of a snapshot that nobody writes to again
	for _, f := range m.flushers {
		f.signal()
	}
	return nil
}
