package pbuf

import (
	"math/rand/v2"
	"time"
)

// retries are what the flusher knows of entries that are in the buffer again: each
// flush takes all of them out, and makes new marks for those that it puts back. So a
// key that Delete has erased meanwhile is forgotten by itself, and memory follows
// what failed and is still there. The flusher's own.
type retries[K comparable] struct {
	marks    map[K]*mark // of the current generation
	taken    map[K]*mark // of the one that is being delivered
	unequal  [2]*mark    // as marks and taken, of keys that are not equal to themselves: no map finds them
	batches  uint64      // numbers the failed batches
	jitter   float64     // of this flush
	buffered int         // entries that failed before and were put back by the last flush
	earliest time.Time   // of their due times; zero: nothing waits

	down  int       // flushes in a row that delivered nothing at all
	split bool      // in one of them a batch failed that is in parts since
	until time.Time // end of the partition's backoff, when it flushes in any case; zero: none
	hold  time.Time // what failed before is not tried earlier than this
}

// mark is what entries share that failed in one batch.
type mark struct {
	due    time.Time // not to be tried earlier, if the entry still is the one that failed
	origin uint64    // number of the generation in which they were tried first
	since  time.Time // when the first entry of that generation was written
	batch  uint64    // which batch that was
	limit  int       // of the size of the next one; 0: they have not been tried at all
	spared bool      // because the sink was down
}

// begin takes the marks of the generation that was current.
func (r *retries[K]) begin() {
	r.taken, r.marks = r.marks, nil
	r.unequal = [2]*mark{nil, r.unequal[0]}
	r.jitter = rand.Float64()
	r.buffered, r.earliest = 0, time.Time{}
	r.until = time.Time{}
}

// of returns the key's mark, or nil. A key that was written since has its mark still:
// its origin counts, and it may be the one that spoils a batch.
func (r *retries[K]) of(key K) *mark {
	if key != key {
		return r.unequal[1]
	}
	return r.taken[key]
}

// waits reports whether an entry that failed before is not due.
func (r *retries[K]) waits(m *mark, now time.Time) bool {
	return m != nil && (now.Before(m.due) || now.Before(r.hold))
}

// note marks a key whose entry, or a newer one, is in the buffer.
func (r *retries[K]) note(key K, m *mark) {
	if key != key {
		// One stands for all of them: the oldest origin, and always due.
		if r.unequal[0] == nil || m.origin < r.unequal[0].origin {
			r.unequal[0] = &mark{origin: m.origin, since: m.since, spared: true}
		}
		return
	}
	if r.marks == nil {
		r.marks = make(map[K]*mark)
	}
	r.marks[key] = m
}

// wait notes that an entry that failed so often, or was spared, is in the buffer until
// it is due.
func (r *retries[K]) wait(attempts uint8, due time.Time) {
	if attempts > 0 {
		r.buffered++
	}
	if due.IsZero() {
		due = time.Now()
	}
	if r.earliest.IsZero() || due.Before(r.earliest) {
		r.earliest = due
	}
}

// patience is how long entries that failed in company wait at most: their interval the
// first time, since all but one of them may be healthy.
func (r *retries[K]) patience(interval time.Duration) time.Duration {
	if r.split {
		return maxDuration
	}
	return interval
}

// end forgets what was taken, and decides how long the partition waits if the flush
// delivered nothing. The first time, fresh entries keep their ticks: it may have been
// one poison entry, and what follows tells.
func (r *retries[K]) end(o *Retry, did outcome, interval time.Duration, now time.Time) (wait time.Duration) {
	r.taken = nil
	switch {
	case did.answered:
		r.down, r.split, r.hold = 0, false, time.Time{}
	case did.failed:
		r.down++
		wait = o.backoff(r.down, r.jitter)
		if did.company {
			wait = min(wait, r.patience(interval))
			r.split = true
		}
		r.hold = now.Add(wait)
		if did.fresh && r.down > 1 {
			r.until = r.hold
		}
	}
	if r.earliest.Before(r.hold) && !r.earliest.IsZero() {
		r.earliest = r.hold
	}
	return wait
}
