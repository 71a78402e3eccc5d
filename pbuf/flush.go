package pbuf

import "context"

// calls are the Flush calls and checkpoints that the flusher has to answer; its mutex
// guards them.
type calls struct {
	checkpoints checkpoints

	waiting []flushCall // no flush covers them yet
	covered []flushCall // the flush in hand answers them
	trying  int         // of those that wait: an attempt to replay a batch is made for them
}

// flushCall is one Flush call at one partition.
type flushCall struct {
	gone   uint64             // the partition's count of entries given up when the call came
	answer chan<- flushResult // has room for all partitions: answering never blocks
}

type flushResult struct {
	failed int
	err    error
}

// Flush delivers now, all partitions at once, and waits: a barrier for tests, the end
// of a job, and any moment at which the sink must be up to date. To acknowledge a
// source use [Map.Checkpoint]: Flush defeats the interval and the backoff of a sink
// that is down, and does not tell what was given up before.
//
// nil means that every write that had returned before the call has reached the
// processor's nil, or was overwritten, deleted or dropped for want of room before it
// could, or given up before the call. What fails is not waited for: a *FlushError
// counts what went back into the buffer or was given up since the call. What waits for
// its retry is tried at once; with Replay that is one attempt with the batch that is
// held back, and a failure counts all that it holds up. If ctx ends first, Flush
// returns its cause and the delivery goes on. During Stop it waits for the final
// delivery.
func (m *Map[K, V]) Flush(ctx context.Context) error {
	if len(m.flushers) == 0 {
		return ErrClosed
	}
	if err := checkContext(ctx, "Flush"); err != nil {
		return err
	}
	if m.inside(ctx) {
		return ErrInProcessor
	}
	answers := make(chan flushResult, len(m.flushers))
	open := 0
	for _, f := range m.flushers {
		if f.enlist(answers) {
			open++
		}
	}
	if open == 0 {
		return ErrClosed
	}
	var sum FlushError
	for range open {
		select {
		case r := <-answers:
			sum.Failed += r.failed
			if r.failed > 0 {
				sum.Err = r.err
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	if sum.Failed > 0 {
		return &sum
	}
	return nil
}

// enlist adds a call for the next flush to answer; false if there is none any more.
func (f *flusher[K, V]) enlist(answer chan<- flushResult) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.books.finished {
		return false
	}
	f.calls.waiting = append(f.calls.waiting, flushCall{gone: f.books.gone, answer: answer})
	f.signal()
	return true
}

// called reports whether a Flush call waits for a flush.
func (f *flusher[K, V]) called() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.calls.waiting) > 0
}

// coverLocked takes the calls that the flush about to begin answers.
func (f *flusher[K, V]) coverLocked() {
	c := &f.calls
	c.covered = append(c.covered, c.waiting...)
	clear(c.waiting)
	c.waiting, c.trying = c.waiting[:0], 0
	f.books.returned = 0
}

// answer answers the calls that the finished flush covered, and settles the
// checkpoints.
func (f *flusher[K, V]) answer() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls.checkpoints.released()
	f.settleLocked() // first: Flush hurries checkpoints
	f.answerLocked()
	v := &f.books.vitals
	if v.landed(); f.part.Size() > 0 {
		v.seen(f.delivery.began) // perhaps written while the flush was under way
	}
}

func (f *flusher[K, V]) answerLocked() {
	for _, c := range f.calls.covered {
		c.answer <- flushResult{failed: int(f.books.gone-c.gone) + f.books.returned, err: f.books.lastErr}
	}
	clear(f.calls.covered)
	f.calls.covered = f.calls.covered[:0]
}
