package pbuf

import (
	"context"
	"runtime/trace"
	"slices"
	"time"
	"unsafe"

	"github.com/partitioned-buffer/go/internal/shard"
)

// missesOfDeadSink is how many calls in a row must deliver nothing, before
// anything was delivered in their flush, for the sink to count as down. With one,
// a poison entry would stop its generation; with many, a sink that is down is hammered.
const missesOfDeadSink = 2

// delivery is the flush in hand: one retired generation on its way through the
// processor. The flusher's own, but the worker's between two calls: see run.
type delivery[K comparable, V any] struct {
	call *call[K, V] // reused by all calls; one that was left behind has its own

	retired  *shard.Retired[K, V]
	hand     hand[K, V]
	settings *Settings // as they were when the flush began
	what     scope
	began    time.Time
	batch    Batch // the one in hand
	calling  int   // entries of the call under way
	tries    int   // failed calls with what is in the batch
	did      outcome
	info     FlushInfo // what FlushStop will be told
}

// outcome is what a flush tells about the sink.
type outcome struct {
	answered bool // it delivered something, or gave an error that is permanent
	failed   bool // something failed that is to be tried again
	fresh    bool // something was tried that had never failed
	company  bool // a batch failed as a whole, perhaps because of one of its entries
	misses   int  // calls in a row that failed as a whole, while not answered
	kept     bool // some of it is undelivered, since Stop has no time left
}

// flush takes a retired generation through the processor.
func (f *flusher[K, V]) flush(r *shard.Retired[K, V], what scope) {
	f.reportOverflow()
	if r == nil {
		f.retries.begin() // nothing is there to be retried
		f.retries.taken = nil
		f.schedule.flushed(what)
		return
	}
	defer trace.StartRegion(f.ctx, "pbuf.flush").End()
	f.receive(r, what)
	d := &f.delivery
	if what == retried && !f.selectRetries() {
		f.conclude()
		return
	}
	notify(f, f.m.options.Hooks.FlushStart, d.info)
	for f.next() {
		f.deliver()
	}
	f.conclude()
}

func (f *flusher[K, V]) receive(r *shard.Retired[K, V], what scope) {
	d := &f.delivery
	f.retries.begin()
	generation := r.Number() + f.ending.offset
	*d = delivery[K, V]{
		call: d.call, retired: r, hand: hand[K, V]{cursor: r.Cursor(), batch: d.hand.batch[:0]},
		settings: f.m.settings.Load(), what: what, began: time.Now(), // one snapshot for the whole flush
		batch: f.batch(generation),
		info:  FlushInfo{PartitionInfo: f.info(), Generation: generation, Entries: r.Len()},
	}
}

// batch is what the batches of a generation have in common.
func (f *flusher[K, V]) batch(generation uint64) Batch {
	return Batch{
		Name: f.m.options.Name, Incarnation: f.m.incarnation, Partition: f.id, Generation: generation,
		Replay: f.m.options.Retry.Policy == Replay,
	}
}

// next has the next batch in hand; false if there is none, or none to be tried.
func (f *flusher[K, V]) next() bool {
	d := &f.delivery
	if !f.take() {
		return false
	}
	if d.did.misses >= missesOfDeadSink && f.retriesFollow() {
		rest := group[K, V]{slices.Clone(d.hand.batch), d.batch, d.info.Err}
		d.hand.batch = d.hand.batch[:0]
		d.hand.rest(func(r ref[K, V]) { rest.refs = append(rest.refs, r) })
		f.requeue(rest, f.markUntried(true), false)
		return false
	}
	return true
}

// take has the next batch in hand; false if there is none.
func (f *flusher[K, V]) take() bool {
	d := &f.delivery
	d.hand.batch, d.hand.again = d.hand.batch[:0], false
	if context.Cause(f.ctx) != nil {
		return false
	}
	f.fill()
	if f.m.options.TableProcessor == nil {
		d.batch.Number++
	}
	d.batch.Attempt, d.tries = 1, 0
	return len(d.hand.batch) > 0
}

// deliver takes the batch in hand through the processor, and those after it until one
// fails: that is put back or given up, or, with Replay, tried again until it is.
func (f *flusher[K, V]) deliver() {
	d := &f.delivery
	for ; ; d.batch.Attempt++ {
		r, took := f.process()
		switch {
		case r.how == gaveUp:
			f.keep(d.hand.batch, d.tries, f.cutOff())
			return
		case r.err == nil:
			return
		}
		d.tries++
		bad := f.settle(r, took)
		if bad.count == 0 {
			return
		}
		hook := f.m.options.Hooks.BatchFailed
		if bad.crashed {
			hook = f.m.options.Hooks.BatchPanicked
		}
		notify(f, hook, d.batchInfo(bad.count, bad.took, bad.err))
		if f.m.options.Retry.Policy == Requeue {
			f.sendBack(&bad)
		}
		f.giveUp(bad.letters)
		if len(bad.back) == 0 || !f.replay(bad.back) {
			return
		}
	}
}

// sendBack puts back what failed, at once or at the end of the flush.
func (f *flusher[K, V]) sendBack(bad *failed[K, V]) {
	d := &f.delivery
	back := group[K, V]{bad.back, d.batch, bad.err}
	if bad.back = nil; bad.company {
		d.did.company = true
		d.hand.failed = append(d.hand.failed, back)
	} else {
		f.requeue(back, f.markTried(d.settings.BatchSize, maxDuration), true)
	}
}

// conclude ends the flush: what was not tried goes back, and the generation's time
// in flight is over.
func (f *flusher[K, V]) conclude() {
	d := &f.delivery
	cause := f.cutOff()
	if cause != nil {
		f.keepRest(cause)
		if d.did.kept && d.info.Err == nil {
			d.info.Err = cause
		}
	}
	f.requeueFailed()
	f.putBack(group[K, V]{refs: d.hand.later}, f.markUntried(false), false) // unseen by hooks and Stats: nothing was tried
	d.hand.later = nil
	var wait time.Duration
	if f.retriesFollow() {
		wait = f.retries.end(&f.m.options.Retry, d.did, d.settings.FlushInterval, time.Now())
	}
	if d.info.Entries > 0 {
		f.mu.Lock()
		if cause != nil {
			f.books.lastErr = cause
		}
		f.books.flushes++
		f.books.vitals.judge(d.did, d.began)
		d.info.Down = !f.books.vitals.down.IsZero()
		f.books.backingOff = time.Time{}
		if wait > 0 {
			f.books.backingOff = time.Now().Add(wait)
		}
		f.mu.Unlock()
		d.info.Duration = time.Since(d.began)
		notify(f, f.m.options.Hooks.FlushStop, d.info)
		if wait > 0 {
			notify(f, f.m.options.Hooks.Backoff, BackoffInfo{f.info(), wait, d.info.Err})
		}
	}
	f.release()
}

// release ends the generation's time in flight. Once Stop has begun it stays until
// the end, so that Lookup finds what waits for another try.
func (f *flusher[K, V]) release() {
	d := &f.delivery
	if f.closed() {
		f.ending.held = append(f.ending.held, d.retired)
	} else {
		f.part.Release(d.retired)
	}
	if c := d.call; c != nil {
		*c = call[K, V]{batch: reusable(c.batch, d.info.Entries)}
	}
	d.hand.batch = reusable(d.hand.batch, d.info.Entries)
	d.retired, d.hand.cursor = nil, shard.Cursor[K, V]{}
	f.schedule.flushed(d.what)
}

// reusable empties a buffer, since values must not outlive their delivery, and keeps
// it for the next flush if it is not much larger than this one needed.
func reusable[T any](buffer []T, entries int) []T {
	if cap(buffer) > 4*max(entries, DefaultBatchSize) {
		return nil
	}
	clear(buffer[:cap(buffer)])
	return buffer[:0]
}

// maxIdle is how many bytes of a buffer outlive the flush of a partition that has
// nothing else to do.
const maxIdle = 64 << 10

// idle lets go of large buffers: nobody knows when there will be a batch again.
func (d *delivery[K, V]) idle() {
	d.hand.batch = small(d.hand.batch)
	if d.call != nil {
		d.call.batch = small(d.call.batch)
	}
}

func small[T any](buffer []T) []T {
	if uintptr(cap(buffer))*unsafe.Sizeof(*new(T)) > maxIdle {
		return nil
	}
	return buffer
}

// retriesFollow reports whether what fails goes back to be tried again.
func (f *flusher[K, V]) retriesFollow() bool {
	return f.m.options.Retry.Policy == Requeue && (!f.closed() || f.timeLeft() > 0)
}

// batchInfo is what hooks are told of the batch in hand.
func (d *delivery[K, V]) batchInfo(entries int, took time.Duration, err error) BatchInfo {
	return BatchInfo{Batch: d.batch, Entries: entries, Duration: took, Err: err}
}
