package pbuf

import (
	"context"
	"errors"
	"iter"
	"sync"
	"sync/atomic"
	"time"
)

// stopGrace is how long Stop waits, after its context has ended and the
// processors' contexts with it, for processors to return.
const stopGrace = 250 * time.Millisecond

// stopping is the state of Stop. Its zero value needs init.
type stopping struct {
	ctx    context.Context // the parent of every processor's context
	cancel context.CancelCauseFunc

	refuse  sync.Once
	refused atomic.Bool   // set before the first partition is retired for good
	begun   chan struct{} // closed when all partitions refuse and are handed over

	cut     atomic.Bool   // a context has ended, and whoever set this cuts the delivery short
	running atomic.Int64  // flushers that have not finished
	settled chan struct{} // closed when err is final
	err     error
}

func (s *stopping) init(flushers int) {
	s.running.Store(int64(flushers))
	s.ctx, s.cancel = context.WithCancelCause(context.Background())
	s.begun = make(chan struct{})
	s.settled = make(chan struct{})
}

// Stop refuses writes from now on, delivers what was accepted and returns when
// that is done and the flushers have ended. Refusal is one atomic step per
// partition: a write returned nil and is delivered or reported, or it returned
// ErrClosed.
//
// It returns nil only if everything was delivered. Otherwise an
// *UndeliveredError counts the entries that were not, and Undelivered has them.
// Each entry is tried once and at once, without retries or backoff: what fails
// then is not delivered, unless a newer write to its key is. What DeadLetter
// takes is not counted; nothing is dropped.
//
// When ctx ends first, the processors' contexts are cancelled with its cause,
// and Stop waits for 250 ms more. Entries whose processor has not returned by
// then count as not delivered, though it may still deliver them: only its own
// goroutine outlives Stop, until it returns.
//
// Stop is safe to call several times and from several goroutines; all get the
// same answer, at the earliest of their deadlines. Inside a processor or hook it
// returns ErrInProcessor and does nothing.
func (m *Map[K, V]) Stop(ctx context.Context) error {
	if len(m.flushers) == 0 {
		return ErrClosed
	}
	if err := checkContext(ctx, "Stop"); err != nil {
		return err
	}
	if m.inside(ctx) {
		return ErrInProcessor
	}
	s := &m.stopping
	s.refuse.Do(func() { m.refuse(ctx) })
	select {
	case <-s.settled:
	case <-ctx.Done():
		m.cutShort(context.Cause(ctx))
	}
	<-s.settled
	return s.err
}

// Close is Stop without a deadline. It makes a Map an io.Closer.
func (m *Map[K, V]) Close() error { return m.Stop(context.Background()) }

// Undelivered returns what Stop could not deliver, once it has returned; before
// that, nothing. The order within a partition is that of delivery.
func (m *Map[K, V]) Undelivered() iter.Seq[Entry[K, V]] {
	return func(yield func(Entry[K, V]) bool) {
		if len(m.flushers) == 0 {
			return
		}
		select {
		case <-m.stopping.settled:
		default:
			return
		}
		for _, f := range m.flushers {
			for _, e := range f.undelivered { // final: settled is closed
				if !yield(e) {
					return
				}
			}
		}
	}
}

// stopped reports whether Stop has begun.
func (m *Map[K, V]) stopped() bool {
	// Stored before any partition's current becomes nil: whoever saw a write
	// refused sees it.
	return m.stopping.refused.Load()
}

// refuse retires every partition with nothing in its place, at once, so that
// refusal does not wait for a slow processor, and hands over what was retired.
func (m *Map[K, V]) refuse(ctx context.Context) {
	m.updating.Lock() // no UpdateSettings succeeds after this
	m.stopping.refused.Store(true)
	m.updating.Unlock()
	for _, f := range m.flushers {
		// In one hold of the mutex: whoever finds the partition closed under it finds
		// the final generation too. It waits for writers' claims alone.
		f.mu.Lock()
		f.final = f.part.Stop()
		f.mu.Unlock()
	}
	// Before the flushers go on: if ctx has ended already, no delivery begins that
	// would be cut short at some moment or other.
	if ctx.Err() != nil {
		m.stopping.cancel(context.Cause(ctx))
	}
	// Ownership of the finals passes to the flushers.
	close(m.stopping.begun)
	m.waiters.close() // who waits for room is refused
}

// cutShort ends the delivery: processors are told by their context, and after
// the grace whatever is still in hand is given up.
func (m *Map[K, V]) cutShort(cause error) {
	// Ownership of the cutting. Tried: a sync.Once; who came second waited on a
	// mutex for our timer, which stops the clock of a testing/synctest bubble.
	if !m.stopping.cut.CompareAndSwap(false, true) {
		return
	}
	m.stopping.cancel(cause)
	grace := time.NewTimer(stopGrace)
	defer grace.Stop()
	select {
	case <-m.stopping.settled:
		return
	case <-grace.C:
	}
	for _, f := range m.flushers {
		f.abandon(cause)
	}
}

// giveUpLocked keeps everything that is in hand for Undelivered.
func (f *flusher[K, V]) giveUpLocked(err error) {
	if f.hand.count > 0 {
		f.lastErr = err
	}
	// The slots are read, not the batch: that one was the processor's.
	f.hand.all(func(r ref[K, V]) { f.keepLocked(r.entry()) })
	f.hand = hand[K, V]{}
}

// keepLocked keeps one entry for Undelivered, while Stop drains, unless a write
// that came since replaces it, as it would have at merge-back.
func (f *flusher[K, V]) keepLocked(e Entry[K, V]) {
	if f.final != nil {
		if s, version := f.final.Get(e.Key); s != nil && !f.m.options.folds(e, Entry[K, V](s.Item(version))) {
			f.stats.superseded++
			return
		}
	}
	f.undelivered = append(f.undelivered, e)
	f.gone++
}

// abandon gives up on a flusher that did not come back in time.
func (f *flusher[K, V]) abandon(cause error) {
	f.mu.Lock()
	finished := f.finished
	if !finished {
		f.giveUpLocked(cause)
		if r := f.final; r != nil {
			f.final = nil
			f.handLocked(r)
			f.giveUpLocked(cause)
		}
		f.finishLocked()
		close(f.abandoned)
	}
	f.mu.Unlock()
	if !finished {
		f.m.flusherFinished()
	}
}

// finish ends the flusher after its last cycle, unless Stop gave up on it.
func (f *flusher[K, V]) finish() {
	f.mu.Lock()
	finished := f.finished
	if !finished {
		f.finishLocked()
	}
	f.mu.Unlock()
	if !finished {
		f.m.flusherFinished()
	}
}

// finishLocked answers every Flush call that is left; no other will come.
func (f *flusher[K, V]) finishLocked() {
	f.finished = true
	f.hand = hand[K, V]{}          // empty; its cursor still leads to the last store
	f.part.Give(0, f.part.Bytes()) // of what is left undelivered
	f.covered = append(f.covered, f.waiting...)
	f.waiting = nil
	f.answerLocked()
}

// flusherFinished is called once per flusher; the last one settles Stop.
func (m *Map[K, V]) flusherFinished() {
	s := &m.stopping
	// Publication: what each flusher left behind synchronizes before the last one's add.
	if s.running.Add(-1) > 0 {
		return
	}
	var sum UndeliveredError
	for _, f := range m.flushers {
		if n := len(f.undelivered); n > 0 { // finished: nobody writes to it any more
			sum.Count += n
			sum.Err = errors.Join(sum.Err, f.lastErr)
		}
	}
	if sum.Count > 0 {
		s.err = &sum
	}
	s.cancel(ErrClosed) // frees the context; no processor is left that should go on
	close(s.settled)
}
