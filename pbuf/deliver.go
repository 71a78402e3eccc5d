package pbuf

import (
	"context"
	"errors"
	"runtime/trace"
	"time"
)

// missesOfDeadSink is how many calls in a row must deliver nothing, before
// anything was delivered in their cycle, for the sink to count as down. One
// would let a poison entry stop its generation; a large number hammers.
const missesOfDeadSink = 2

// process is the processor's call with what nextBatch prepared.
func (f *flusher[K, V]) process() func(context.Context) error {
	// The arguments are read here: an abandoned call may outlive the cycle.
	if p := f.m.options.TableProcessor; p != nil {
		table := &Table[K, V]{retired: f.cycle.retired}
		return func(ctx context.Context) error { return p(ctx, table) }
	}
	p, batch := f.m.options.Processor, f.cycle.batch
	return func(ctx context.Context) error { return p(ctx, batch) }
}

// account enters the call's result in the books and sorts what failed.
func (f *flusher[K, V]) account() stage {
	c, h := &f.cycle, &f.hand
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.finished {
		return stageIdle // Stop gave the entries up while the processor had them: no longer ours
	}
	f.stats.called(time.Since(c.called))
	if f.m.options.TableProcessor != nil {
		h.whole()
	}
	failed := 0
	if c.err != nil {
		failed = f.sortLocked()
	}
	f.deliveredLocked()
	if delivered := c.count - failed; delivered > 0 {
		c.alive, c.misses = true, 0
	}
	if failed == 0 {
		return stageBatch
	}
	f.lastErr = c.err
	f.stats.failed += uint64(failed)
	hook := f.m.options.Hooks.BatchFailed
	var p *PanicError
	if errors.As(c.err, &p) || errors.Is(c.err, ErrGoexit) {
		hook = f.m.options.Hooks.BatchPanicked
	}
	f.note(hook, f.info(failed, time.Since(c.called), c.err))
	c.skipped = false
	return stageBack
}

// sortLocked takes what failed out of the batch: to be requeued, or to be given
// up. What it leaves there is delivered.
func (f *flusher[K, V]) sortLocked() (failed int) {
	c, h := &f.cycle, &f.hand
	keys := make(map[K]struct{}, len(h.batch))
	for _, r := range h.batch {
		keys[r.slot.Key()] = struct{}{}
	}
	verdicts := judge[K, V](c.err, func(key K) bool { _, ok := keys[key]; return ok })
	letters := make([]letter[K, V], len(verdicts))
	kept, retry := h.batch[:0:0], false // its own array: the loop reads the old one
next:
	for _, r := range h.batch {
		for i := range verdicts {
			v := &verdicts[i]
			if !v.covers(r.slot.Key()) {
				continue
			}
			failed++
			if v.permanent || f.m.options.Retry.exhausted(r.slot.Attempts()+1) {
				letters[i].refs = append(letters[i].refs, r)
			} else {
				h.back = append(h.back, r)
			}
			retry = retry || !v.permanent
			continue next
		}
		kept = append(kept, r)
	}
	h.batch = kept
	for i := range letters {
		if len(letters[i].refs) > 0 {
			letters[i].err = verdicts[i].err
			h.letters = append(h.letters, letters[i])
		}
	}
	if retry && failed == len(keys) && !c.alive {
		c.misses++
	} else {
		c.misses = 0
	}
	c.retry = c.retry || retry
	return failed
}

// deliveredLocked disposes of the batch as delivered.
func (f *flusher[K, V]) deliveredLocked() {
	n := len(f.hand.batch)
	if f.versions != nil {
		for _, r := range f.hand.batch {
			f.versions.Remember(r.slot.Key(), r.version)
		}
	}
	f.stats.delivered += uint64(n)
	f.freed(f.hand.batch...)
	f.disposeLocked(n)
	clear(f.hand.batch)
	f.hand.batch = f.hand.batch[:0]
}

// disposeLocked takes n entries out of the flusher's hand.
func (f *flusher[K, V]) disposeLocked(n int) { f.hand.count -= n }

// region marks the delivery in an execution trace.
func (f *flusher[K, V]) region() *trace.Region { return trace.StartRegion(f.ctx, "pbuf.drain") }
