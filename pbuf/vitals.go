package pbuf

import "time"

// vitals are what Stats and Health tell of how a partition's deliveries go, beside the
// counters. The flusher's mutex guards them. Errors are only kept: their methods are
// user code.
type vitals struct {
	success  time.Time // of the last call that delivered something
	err      error     // of the last call that failed
	erred    time.Time // when that was
	failures int       // calls in a row that delivered nothing

	down  time.Time // since when nothing at all is delivered; zero: it is not so
	stuck time.Time // since when the call under way is waited for in vain; zero: it is not

	// When the oldest entries were written: of those written to the current generation,
	// of those that went back into it, of those in flight. Zero: there are none.
	fresh, back, flying time.Time
	written             time.Time // fresh, of what was retired last

	failed, timedOut, panicked uint64 // calls
}

// called notes how a call of the processor ended.
func (v *vitals) called(r result, timedOut bool) {
	if r.err == nil {
		return
	}
	v.failed++
	if timedOut {
		v.timedOut++
	}
	if r.how == crashed {
		v.panicked++
	}
}

// delivered notes that entries were.
func (v *vitals) delivered(now time.Time) {
	v.success, v.failures, v.down = now, 0, time.Time{}
}

// erring notes that entries failed; alone says that no others of their call were delivered.
func (v *vitals) erring(err error, now time.Time, alone bool) {
	v.err, v.erred = err, now
	if alone {
		v.failures++
	}
}

// judge notes what a flush, or a call that is repeated, tells about the sink.
func (v *vitals) judge(did outcome, began time.Time) {
	switch {
	case did.answered:
		v.down = time.Time{}
	case did.failed && did.fresh && v.down.IsZero():
		v.down = began
		if v.success.After(began) { // with Replay
			v.down = v.success
		}
	}
}

// seen notes that there is something in the current generation, since that time at
// the earliest.
func (v *vitals) seen(since time.Time) {
	if v.fresh.IsZero() {
		v.fresh = since
	}
}

// retired notes that what was current is in flight.
func (v *vitals) retired(now time.Time) {
	v.seen(now) // a Flush call may be faster than the flusher's look
	v.written, v.flying = v.fresh, v.oldest()
	v.emptied()
}

// wentBack notes that an entry of that age is in the current generation again.
func (v *vitals) wentBack(since time.Time) {
	if v.back.IsZero() || since.Before(v.back) {
		v.back = since
	}
}

// landed notes that nothing is in flight any more.
func (v *vitals) landed() { v.flying = time.Time{} }

// emptied notes that nothing is buffered.
func (v *vitals) emptied() { v.fresh, v.back = time.Time{}, time.Time{} }

// oldest is when the oldest entry was written; zero: there is none.
func (v *vitals) oldest() (t time.Time) {
	for _, one := range []time.Time{v.fresh, v.back, v.flying} {
		if t.IsZero() || !one.IsZero() && one.Before(t) {
			t = one
		}
	}
	return t
}

// snapshot is their part of Stats.
func (v *vitals) snapshot(s *PartitionStats, now time.Time) {
	s.LastSuccess, s.LastError, s.LastErrorAt, s.ConsecutiveFailures = v.success, v.err, v.erred, v.failures
	s.CallsFailed, s.CallsTimedOut, s.CallsPanicked = v.failed, v.timedOut, v.panicked
	if oldest := v.oldest(); !oldest.IsZero() && s.Size+s.InFlight > 0 {
		s.OldestAge = max(0, now.Sub(oldest))
	}
}

// addVitals is add for what the vitals tell.
func (s *PartitionStats) addVitals(o PartitionStats) {
	s.DroppedGivenUp += o.DroppedGivenUp
	s.DroppedNoRoom += o.DroppedNoRoom
	if o.LastSuccess.After(s.LastSuccess) {
		s.LastSuccess = o.LastSuccess
	}
	if o.LastErrorAt.After(s.LastErrorAt) {
		s.LastError, s.LastErrorAt = o.LastError, o.LastErrorAt
	}
	s.ConsecutiveFailures = max(s.ConsecutiveFailures, o.ConsecutiveFailures)
	s.CallsFailed += o.CallsFailed
	s.CallsTimedOut += o.CallsTimedOut
	s.CallsPanicked += o.CallsPanicked
	s.OldestAge = max(s.OldestAge, o.OldestAge)
	s.WritesBlocked += o.WritesBlocked
	s.WritesWaiting += o.WritesWaiting
	s.WritesRefused += o.WritesRefused
}
