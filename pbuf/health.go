package pbuf

import (
	"errors"
	"fmt"
	"time"
)

// HealthError is what Health returns. It unwraps to Reason and Err.
type HealthError struct {
	Reason     error     // ErrDown, ErrStuck or ErrClosed
	Since      time.Time // of the first partition in that state, or when Stop was called; zero for the zero Map
	Partitions int       // how many are in that state
	Waiting    int       // entries in the buffer, in all partitions
	Err        error     // the last error of a processor there, what Stop returned, or nil
}

func (e *HealthError) Error() string {
	text := e.Reason.Error()
	if !e.Since.IsZero() {
		text += fmt.Sprintf(" since %s in %d partitions, %d entries wait", e.Since.Format(time.RFC3339), e.Partitions, e.Waiting)
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *HealthError) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Reason}
	}
	return []error{e.Reason, e.Err}
}

// Health is for readiness probes: nil if deliveries work, as far as is known, otherwise
// a *HealthError. Its reason is ErrClosed once Stop has been called; or else ErrStuck
// if some partition waits for a processor that has not returned 250 ms after the end of
// its context (none with AbandonStuck); or else ErrDown if in some partition a flush
// with entries new to the processor, or with Replay a repeated call, delivered nothing at
// all, and nothing was delivered since. A partition with nothing to deliver stays as it
// was; for single failures see Stats.Failed. It disturbs no writer; its time is linear in
// the partitions.
func (m *Map[K, V]) Health() error {
	if len(m.flushers) == 0 {
		return &HealthError{Reason: ErrClosed}
	}
	if m.stopped() {
		return m.healthStopped()
	}
	var stuck, down HealthError
	waiting := 0
	for _, f := range m.flushers {
		waiting += f.checkUp(&stuck, &down)
	}
	worst := &stuck
	if worst.Partitions == 0 {
		worst = &down
	}
	if worst.Partitions == 0 {
		return nil
	}
	worst.Waiting = waiting
	return worst
}

func (m *Map[K, V]) healthStopped() error {
	e := &HealthError{Reason: ErrClosed, Since: m.stopping.since, Partitions: len(m.flushers)}
	select {
	case <-m.stopping.settled:
		e.Err = m.stopping.err
	default:
	}
	var undelivered *UndeliveredError
	if errors.As(e.Err, &undelivered) {
		e.Waiting = undelivered.Count
	}
	return e
}

// add counts a partition that got into the state at that time.
func (e *HealthError) add(reason error, since time.Time, err error) {
	if e.Partitions == 0 || since.Before(e.Since) {
		e.Since = since
	}
	e.Reason, e.Err = reason, err
	e.Partitions++
}

// checkUp adds the partition to what is wrong, and returns how many entries it has.
func (f *flusher[K, V]) checkUp(stuck, down *HealthError) (waiting int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	b := &f.books
	v := &b.vitals
	if !v.stuck.IsZero() {
		stuck.add(ErrStuck, v.stuck, v.err)
	}
	if !v.down.IsZero() {
		down.add(ErrDown, v.down, v.err)
	}
	return f.part.Size() + b.inFlight
}

// ResetWorstDuration returns Stats.WorstDuration and lets it begin anew.
func (m *Map[K, V]) ResetWorstDuration() (worst time.Duration) {
	for _, f := range m.flushers {
		f.mu.Lock()
		worst, f.books.worst = max(worst, f.books.worst), 0
		f.mu.Unlock()
	}
	return worst
}
