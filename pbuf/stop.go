package pbuf

import (
	"context"
	"errors"
	"iter"
	"sync"
	"sync/atomic"
	"time"
)

// stopping is the state of Stop. Its zero value needs init.
type stopping struct {
	ctx    context.Context // the parent of every processor's context
	cancel context.CancelCauseFunc

	refuse  sync.Once
	since   time.Time     // when it began; read by those who find refused set
	refused atomic.Bool   // set before the first partition is retired for good
	begun   chan struct{} // closed when all partitions refuse and are handed over

	deadline atomic.Pointer[time.Time] // the earliest of the Stop calls'; nil: none has one

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

// Stop refuses writes from now on, delivers what was accepted, and returns at the end
// of the flushers: nil if everything was delivered or taken by DeadLetter, otherwise an
// *UndeliveredError that counts what [Map.Undelivered] yields. A write beside it is
// delivered or reported, or returns ErrClosed.
//
// Until ctx's deadline, what fails is tried again, with the backoff of Options.Retry
// but always once more in what is left, until it is delivered or the deadline is near;
// without a deadline, or with GiveUp, each entry is tried once. Nothing waits for a
// backoff that began before, and nothing is dropped. If ctx ends first, the processors'
// contexts are cancelled with its cause, and Stop waits for 250 ms more. What a
// processor still has by then counts as undelivered, though it may yet deliver it; its
// goroutine alone outlives Stop. All calls get one answer; the earliest deadline
// counts.
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
	if deadline, ok := ctx.Deadline(); ok {
		s.note(deadline)
	}
	s.refuse.Do(func() { m.refuse(ctx) })
	for _, f := range m.flushers {
		f.signal() // it may be waiting for a later deadline
	}
	select {
	case <-s.settled:
	case <-ctx.Done():
		s.cancel(context.Cause(ctx)) // the flushers see to the rest
		<-s.settled
	}
	return s.err
}

// Close is Stop without a deadline. It makes a Map an [io.Closer].
func (m *Map[K, V]) Close() error { return m.Stop(context.Background()) }

// Undelivered yields what Stop could not deliver, by partition in the order of
// delivery. Before Stop has returned it yields nothing. What was tried may be in the
// sink all the same: for another buffer it is a new batch, also under Replay.
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
			for _, e := range f.books.undelivered { // final: settled is closed
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
	m.stopping.since = time.Now()
	m.stopping.refused.Store(true) // publication of since; pairs with stopped's Load
	m.updating.Unlock()
	for _, f := range m.flushers {
		// In one hold of the mutex: whoever finds the partition closed under it finds
		// the final generation too. It waits for writers' claims alone.
		f.mu.Lock()
		f.books.final, f.books.closed = f.part.Stop(), true
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

// note notes a deadline, if it is the earliest.
func (s *stopping) note(deadline time.Time) {
	for {
		old := s.deadline.Load()
		if old != nil && !deadline.Before(*old) {
			return
		}
		if s.deadline.CompareAndSwap(old, &deadline) { // publication to the flushers' timeLeft; of several the earliest stays
			return
		}
	}
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
		if n := len(f.books.undelivered); n > 0 { // finished: nobody writes to it any more
			sum.Count += n
			sum.Err = errors.Join(sum.Err, f.books.lastErr)
		}
	}
	if sum.Count > 0 {
		s.err = &sum
	}
	s.cancel(ErrClosed) // frees the context; no processor is left that should go on
	close(s.settled)
}
