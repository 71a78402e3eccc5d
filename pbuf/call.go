package pbuf

import (
	"context"
	"errors"
	"slices"
	"time"
)

// call is one call of the processor as its worker sees it. The flusher prepares it,
// the worker has it until it answers, and one that was abandoned has it for ever.
//
// Tried: the worker makes the batch, where it is read next: the drain takes 1.2 to 1.3
// times as long.
type call[K comparable, V any] struct {
	processor Processor[K, V]
	ctx       context.Context
	batch     []Entry[K, V] // reused
	run       func() error  // calls the processor; made once, since a closure per call is an allocation
}

func newCall[K comparable, V any](p Processor[K, V]) *call[K, V] {
	c := &call[K, V]{processor: p}
	c.run = func() error { return c.processor(c.ctx, c.batch) }
	return c
}

// process calls the processor with the batch in hand.
func (f *flusher[K, V]) process() (r result, took time.Duration) {
	d := &f.delivery
	ctx, cancel := f.callContext()
	defer cancel()
	began, n := time.Now(), len(d.hand.batch)
	d.calling = n
	if p := f.m.options.TableProcessor; p != nil {
		table := &Table[K, V]{retired: d.retired}
		r = f.await(d.limit(), func() error { return p(ctx, table) })
	} else {
		if d.call == nil {
			d.call = newCall(f.m.options.Processor)
		}
		c := d.call
		c.ctx, c.batch = ctx, c.batch[:0]
		for _, r := range d.hand.batch {
			c.batch = append(c.batch, r.entry())
		}
		r = f.await(d.limit(), c.run)
	}
	if r.how == abandoned || r.how == gaveUp {
		d.call = nil // the processor has it still
	}
	took = time.Since(began)
	if r.how != gaveUp {
		timedOut := r.how == abandoned || errors.Is(ctx.Err(), context.DeadlineExceeded)
		f.mu.Lock()
		f.books.called(took)
		f.books.vitals.called(r, timedOut)
		f.mu.Unlock()
	}
	return r, took
}

// callContext is the context of a call about the batch in hand.
func (f *flusher[K, V]) callContext() (context.Context, context.CancelFunc) {
	return context.WithTimeout(&callContext{f.ctx, f.delivery.batch}, f.delivery.timeout)
}

// failed is what failed of a batch.
type failed[K comparable, V any] struct {
	count   int
	took    time.Duration
	err     error // the processor's, or what it crashed with
	crashed bool
	named   bool        // the processor said which entries
	lasting bool        // nothing but permanent errors
	back    []ref[K, V] // to be tried again
	letters []letter[K, V]
}

// settle enters the result of a call in the books, and sorts what failed.
func (f *flusher[K, V]) settle(r result, took time.Duration) (bad failed[K, V]) {
	d := &f.delivery
	n := len(d.hand.batch)
	delivered := d.hand.batch
	if r.err != nil {
		var verdicts []verdict[K]
		verdicts, bad = f.judge(r)
		delivered = f.sortOut(verdicts, &bad)
	}
	bad.count, bad.took = n-len(delivered), took
	f.delivered(delivered)
	if bad.count == 0 {
		return bad
	}
	d.info.Failed += bad.count
	d.info.Err = bad.err
	if len(delivered) > 0 || bad.lasting {
		d.did.misses = 0
	} else if !d.did.answered {
		d.did.misses++
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.books.lastErr = bad.err
	f.books.vitals.erring(bad.err, time.Now(), len(delivered) == 0)
	f.books.failed += uint64(bad.count)
	return bad
}

// judge asks the processor's error what failed. That calls its methods, so the
// worker does it, on a copy of the keys: one that is left behind may read on.
func (f *flusher[K, V]) judge(r result) (verdicts []verdict[K], bad failed[K, V]) {
	d := &f.delivery
	if r.how == returned {
		keys := make([]K, 0, len(d.hand.batch))
		for _, r := range d.hand.batch {
			keys = append(keys, r.slot.Key())
		}
		err := r.err
		var found []verdict[K]
		r = f.await(d.limit(), func() (crash error) {
			found, crash = examine[K, V](err, keys)
			return crash
		})
		if r.how == returned && r.err == nil {
			return found, failed[K, V]{err: err}
		}
		switch r.how {
		case gaveUp: // then the call has failed, whatever it says
			r.err = err
		case returned: // but a method of the error has not
			r.how = crashed
		}
	}
	return []verdict[K]{{err: r.err}}, failed[K, V]{err: r.err, crashed: r.how == crashed}
}

// sortOut takes what failed out of the batch and returns the rest.
func (f *flusher[K, V]) sortOut(verdicts []verdict[K], bad *failed[K, V]) (delivered []ref[K, V]) {
	d := &f.delivery
	if f.m.options.TableProcessor != nil && f.m.options.Retry.Policy == Replay &&
		slices.ContainsFunc(verdicts, func(v verdict[K]) bool { return !v.permanent }) {
		verdicts = []verdict[K]{{err: bad.err}} // in one piece
	}
	letters := make([]letter[K, V], len(verdicts))
	bad.lasting = true
next:
	for _, r := range d.hand.batch {
		for i := range verdicts {
			v := &verdicts[i]
			if !v.covers(r.slot.Key()) {
				continue
			}
			bad.named = v.keys != nil
			d.did.answered = d.did.answered || v.permanent
			bad.lasting = bad.lasting && v.permanent
			if v.permanent || f.m.options.Retry.exhausted(int(r.slot.Attempts())+d.tries) {
				letters[i].refs = append(letters[i].refs, r)
			} else {
				bad.back = append(bad.back, r)
			}
			continue next
		}
		delivered = append(delivered, r)
	}
	d.did.failed = d.did.failed || !bad.lasting
	for i := range letters {
		if len(letters[i].refs) > 0 {
			letters[i].err, letters[i].times = verdicts[i].err, d.tries
			bad.letters = append(bad.letters, letters[i])
		}
	}
	return delivered
}

// delivered disposes of entries for which the processor said nil.
func (f *flusher[K, V]) delivered(refs []ref[K, V]) {
	d, n := &f.delivery, len(refs)
	if n == 0 {
		return
	}
	d.did.answered = true
	d.info.Delivered += n
	if d.versions != nil {
		for _, r := range refs {
			d.versions.Remember(r.slot.Key(), r.version)
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.books.delivered += uint64(n)
	f.books.vitals.delivered(time.Now())
	f.books.inFlight -= n
	f.freed(refs...) // after the books: never more than Capacity in them
}
