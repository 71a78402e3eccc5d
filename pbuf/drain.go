package pbuf

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/partitioned-buffer/go/internal/shard"
)

// ending is what a flusher has once Stop has begun. The flusher's own.
type ending[K comparable, V any] struct {
	// part takes what fails in the place of the partition, which is closed: so newer
	// writes win, or are combined, by the same rule and the same code as ever. Nil
	// until then.
	part   *shard.Partition[K, V]
	offset uint64                 // to its generations' numbers, so that they go on counting up
	held   []*shard.Retired[K, V] // in flight until the end, so that Lookup finds what is in part
	tries  int
	reason error // the processor's last one before Stop's context ended
	told   bool  // PartitionStop was called
}

// drain delivers what was accepted before Stop. What fails is tried again with a
// backoff until the last try that Stop's deadline leaves time for.
func (f *flusher[K, V]) drain() {
	e := &f.ending
	r := f.takeFinal()
	for {
		f.flush(r, everything)
		if e.part == nil || !f.awaitRetry() {
			break
		}
		r, _ = e.part.Retire()
	}
	if e.part != nil {
		if r, _ := e.part.Retire(); r != nil { // what failed last
			f.retries.begin()
			f.keepAll(r.Cursor())
		}
	}
}

// takeFinal takes over what Stop retired.
func (f *flusher[K, V]) takeFinal() (r *shard.Retired[K, V]) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r, f.books.final = f.books.final, nil
	switch {
	case f.ending.part != nil: // it is in there
		r, _ = f.ending.part.Retire()
	case r != nil:
		f.books.inFlight = r.Len()
	}
	return r
}

// shelter makes the place for what is to be tried again while Stop drains. What Stop
// retired is there first, since it is newer.
func (f *flusher[K, V]) shelter() {
	e := &f.ending
	e.offset = f.delivery.info.Generation
	e.part = shard.NewPartition[K, V](f.config())
	f.mu.Lock()
	r := f.books.final
	f.books.final = nil
	if r != nil {
		f.books.inFlight += r.Len()
	}
	f.mu.Unlock()
	if r == nil {
		return
	}
	e.held, e.offset = append(e.held, r), r.Number()
	for c := r.Cursor(); ; {
		s, version := c.Next()
		if s == nil {
			return
		}
		e.part.Restore(s.Item(version), 0)
	}
}

// timeLeft is the time until Stop's deadline; 0 if that is too near for another try,
// and without a deadline: then one try is all there is.
func (f *flusher[K, V]) timeLeft() time.Duration {
	deadline := f.m.stopping.deadline.Load() // pairs with note; a later one may only be earlier
	if deadline == nil || context.Cause(f.ctx) != nil {
		return 0
	}
	left := time.Until(*deadline)
	if left <= min(f.m.options.Retry.InitialBackoff, DefaultInitialBackoff) {
		return 0
	}
	return left
}

// awaitRetry waits for the next try: for its backoff, or half of the time that is
// left. It is false if none will come.
func (f *flusher[K, V]) awaitRetry() bool {
	f.ending.tries++
	at := time.Now().Add(f.m.options.Retry.backoff(f.ending.tries, rand.Float64()))
	for again := true; again; {
		left := f.timeLeft()
		if left == 0 {
			return false
		}
		again = false
		select {
		case <-f.runner.after(min(time.Until(at), left/2)):
		case <-f.alarm.wake: // by an earlier deadline, perhaps
			again = true
		case <-f.ctx.Done():
		}
		f.runner.timer.Stop()
	}
	return context.Cause(f.ctx) == nil
}

// cutOff is why Stop's context has ended, if it has, with what failed before: the
// reason that it took so long.
func (f *flusher[K, V]) cutOff() error {
	cause := context.Cause(f.ctx)
	if cause != nil && f.ending.reason != nil {
		return errors.Join(cause, f.ending.reason)
	}
	return cause
}

// keep keeps entries for Undelivered, unless a write that came since replaces them,
// as it would have if they had been put back.
func (f *flusher[K, V]) keep(refs []ref[K, V], times int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range refs {
		f.keepLocked(r.failed(times), err)
	}
}

func (f *flusher[K, V]) keepLocked(e Entry[K, V], err error) {
	b := &f.books
	origin, _ := f.originOf(e.Key)
	b.inFlight--
	if newer, ok := f.newerLocked(e.Key); ok && !f.m.options.folds(e, newer) { // what is sealed cannot change
		f.calls.checkpoints.wentBack(origin)
		f.retries.note(e.Key, &mark{origin: origin, since: f.books.vitals.written}) // what becomes of the newer one counts for it
		b.superseded++
		return
	}
	b.undelivered = append(b.undelivered, e)
	f.calls.checkpoints.lose(origin, never, 1, err)
	b.gone++
	b.lastErr = err
	f.delivery.did.kept = true
}

// newerLocked returns what was written to the key after what is in hand.
func (f *flusher[K, V]) newerLocked(key K) (e Entry[K, V], ok bool) {
	if f.ending.part != nil {
		i, inFlight, ok := f.ending.part.Lookup(key)
		return Entry[K, V](i), ok && !inFlight
	}
	if f.books.final != nil {
		if s, version := f.books.final.Get(key); s != nil {
			return Entry[K, V](s.Item(version)), true
		}
	}
	return e, false
}

// keepRest keeps everything that has not been tried.
func (f *flusher[K, V]) keepRest(cause error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.delivery.hand.rest(func(r ref[K, V]) { f.keepLocked(r.entry(), cause) })
}

// keepAll keeps what is in a generation that nothing newer follows.
func (f *flusher[K, V]) keepAll(c shard.Cursor[K, V]) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for s, version := c.Next(); s != nil; s, version = c.Next() {
		f.keepLocked(Entry[K, V](s.Item(version)), f.books.lastErr)
	}
}
