package pbuf

import "context"

// flushCall is one Flush call at one partition.
type flushCall struct {
	gone   uint64             // the partition's count of entries given up when the call came
	answer chan<- flushResult // has room for all partitions: answering never blocks
}

type flushResult struct {
	failed int
	err    error
}

// Flush is a barrier: when it returns nil, every write that had returned before
// it was called has reached the processor's nil, or was overwritten, deleted or
// dropped for want of room before it could, or had been given up before the call.
// All partitions are delivered at once, without waiting for
// their intervals; one that is being delivered goes on to what came after.
//
// It does not wait for a backoff: what is waiting for its retry is tried at once,
// with all else. It does not wait for retries either: a *FlushError counts the
// entries that failed in the delivery that covers them and went back into the
// buffer, and those that were given up since the call. If the context
// ends first, Flush returns its cause and the delivery goes on. During Stop it
// waits for the final delivery; after it, it returns ErrClosed. Inside a
// processor or hook it returns ErrInProcessor.
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

// enlist adds a call for the next cycle to answer; false if there is none any more.
func (f *flusher[K, V]) enlist(answer chan<- flushResult) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.finished {
		return false
	}
	f.waiting = append(f.waiting, flushCall{gone: f.gone, answer: answer})
	f.signal()
	return true
}

// called reports whether a Flush call waits for a cycle.
func (f *flusher[K, V]) called() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.waiting) > 0
}

// coverLocked takes the calls that the cycle about to begin answers.
func (f *flusher[K, V]) coverLocked() {
	f.covered = append(f.covered, f.waiting...)
	clear(f.waiting)
	f.waiting = f.waiting[:0]
	f.returned = 0
}

// answer answers the calls that the finished cycle covered.
func (f *flusher[K, V]) answer() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answerLocked()
}

func (f *flusher[K, V]) answerLocked() {
	for _, c := range f.covered {
		c.answer <- flushResult{failed: int(f.gone-c.gone) + f.returned, err: f.lastErr}
	}
	clear(f.covered)
	f.covered = f.covered[:0]
}
