package pbuf

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/partitioned-buffer/go/internal/shard"
)

// schedule says when a partition is due. It ticks every interval, counted from the
// end of its last flush, and at first from a random moment, so that partitions do not
// fire together; a write that comes after a long time of nothing waits for a tick too.
// But an empty partition has no timer: the insert that makes it not empty wakes the
// flusher, which sets one.
type schedule struct {
	base  time.Time // ticks are whole intervals after it: the end of the last regular flush
	ended time.Time // the end of the last flush
	since time.Time // when something was seen in the partition; zero: nothing is
	look  time.Time // do not walk for a fresh entry before this
}

func (s *schedule) begin(interval time.Duration, now time.Time) {
	s.base = now.Add(-rand.N(interval))
}

// flushed notes the end of a flush, or that Flush found nothing to do.
func (s *schedule) flushed(what scope) {
	s.ended = time.Now()
	if what != retried {
		s.base = s.ended
	}
}

// tick is the first tick after since.
func (s *schedule) tick(interval time.Duration) time.Time {
	return s.since.Add(interval - max(0, s.since.Sub(s.base))%interval)
}

// inserted is called after each insert with the number of entries it made. The
// numbers are exact, so each is met by exactly one insert.
func (f *flusher[K, V]) inserted(live uint32) {
	if live == 1 || int64(live) == f.alarm.notice.Load() {
		f.signal()
	}
}

// scope is what a flush is to try.
type scope uint8

const (
	nothing    scope = iota
	retried          // what failed before and is due; the rest goes back
	regular          // what has not failed, and what failed before and is due
	everything       // Flush or Stop asks for it: nothing waits
)

// wait returns when something is due; nothing means that Stop has begun.
func (f *flusher[K, V]) wait() scope {
	f.schedule.since = time.Time{}
	for {
		f.spread()
		var timer <-chan time.Time
		what, d := f.due(time.Now())
		switch {
		case what != nothing:
			return what
		case d > 0:
			timer = f.runner.after(d)
		}
		if f.part.Size() == 0 {
			f.runner.dismiss(nil)
			f.delivery.idle()
		}
		select {
		case <-timer:
		case <-f.alarm.wake:
		case <-f.m.stopping.begun:
			return nothing
		}
		if timer != nil {
			f.runner.timer.Stop()
		}
	}
}

// due says what is to be flushed now, or else after how long there will be something
// if nothing else happens; 0: never.
func (f *flusher[K, V]) due(now time.Time) (what scope, d time.Duration) {
	s, r, o := &f.schedule, &f.retries, f.m.settings.Load() // each time: UpdateSettings wakes us to look again
	notice := &f.alarm.notice
	notice.Store(math.MaxInt64)
	if o.FlushThreshold > 0 {
		notice.Store(int64(o.FlushThreshold) + int64(r.buffered)) // pairs with inserted's Load
	}
	size := f.part.Size()
	switch {
	case f.called():
		return everything, 0
	case size == 0 && f.part.Unused(): // not even by deleted keys, which a tick forgets
		s.since, r.until = time.Time{}, time.Time{}
		return nothing, 0
	case s.since.IsZero():
		s.since = now
		f.see(now)
	}
	switch {
	case now.Before(r.until): // the partition backs off
		return nothing, r.until.Sub(now)
	case !r.until.IsZero(),
		o.FlushThreshold > 0 && size-r.buffered >= o.FlushThreshold,
		f.overflow.urgent.Load() && f.fresh(size):
		return regular, 0
	}
	at := s.tick(o.FlushInterval)
	if !now.Before(at) {
		if size == 0 || f.fresh(size) {
			return regular, 0
		}
		s.since = now // nothing but what waits for its retry
		at = s.tick(o.FlushInterval)
	}
	if e := r.earliest; !e.IsZero() && e.Before(at) {
		// If more than half of the time until the tick is over, it rides on that.
		if at.Sub(now) > now.Sub(s.ended) || !f.fresh(size) {
			if !now.Before(e) {
				return retried, 0
			}
			at = e
		}
	}
	return nothing, max(1, at.Sub(now))
}

// see notes since when there is something in the partition.
func (f *flusher[K, V]) see(now time.Time) {
	if !f.books.vitals.fresh.IsZero() { // written by the flusher alone
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.books.vitals.seen(now)
}

// walkShare is how many times longer than a walk that found nothing it is until the
// next: where many wait for their retry, they are not walked at every tick.
const walkShare = 20

// fresh reports whether the partition has an entry that does not wait for a retry.
// An overwrite leaves no trace but in its entry, so if the number does not tell,
// they are walked, to the first such.
func (f *flusher[K, V]) fresh(size int) bool {
	s := &f.schedule
	if size > f.retries.buffered {
		return true
	}
	now := time.Now()
	if now.Before(s.look) {
		return false
	}
	if f.part.Walk(func(i shard.Item[K, V]) bool { return i.Attempts > 0 }) {
		s.look = now.Add(walkShare * time.Since(now))
		return false
	}
	return true
}
