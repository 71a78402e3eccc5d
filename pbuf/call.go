package pbuf

import (
	"context"
	"errors"
	"slices"
	"time"
)

// call is a call of the processor. Its worker has it until it returns, and one that
// was left behind has it for ever.
type call[K comparable, V any] struct {
	ctx    context.Context
	cancel context.CancelFunc
	batch  []Entry[K, V] // reused by the next one
	table  *Table[K, V]
	began  time.Time
}

// process calls the processor with the batch in hand, and if that is delivered with
// the next ones, until one is not. With no error none is in hand any more.
func (f *flusher[K, V]) process() (r result, took time.Duration) {
	d := &f.delivery
	c := f.nextCall()
	r = f.await(d.limit(), func(w *worker) error { return f.run(w, c) })
	if r.how == abandoned || r.how == gaveUp {
		d.call = nil // the processor has it still
	}
	took = time.Since(c.began)
	switch {
	case r.how == gaveUp:
	case r.err != nil:
		timedOut := r.how == abandoned || errors.Is(c.ctx.Err(), context.DeadlineExceeded)
		f.mu.Lock()
		defer f.mu.Unlock()
		f.books.called(took)
		f.books.vitals.called(r, timedOut)
	case len(d.hand.batch) > 0: // it was late
		f.landed(took)
	}
	return r, took
}

// nextCall makes the call about the batch in hand.
func (f *flusher[K, V]) nextCall() *call[K, V] {
	d := &f.delivery
	if d.call == nil {
		d.call = &call[K, V]{}
	}
	c := d.call
	c.ctx, c.cancel = f.callContext()
	d.calling = len(d.hand.batch)
	if f.m.options.TableProcessor != nil {
		c.table = &Table[K, V]{retired: d.retired}
	} else {
		c.batch = c.batch[:0]
		for _, r := range d.hand.batch {
			c.batch = append(c.batch, r.entry())
		}
		for i := 0; d.hand.again && i < len(c.batch); i++ {
			e := &c.batch[i]
			e.Attempts = f.m.options.Retry.counted(e.Attempts)
		}
	}
	c.began = time.Now()
	return c
}

// run is on the worker: it calls the processor, and goes on with the next batch by
// itself while nothing fails and the flusher has not taken the flush back. Between
// two calls the flush is the worker's.
//
// Tried: going back to the flusher after each call. Waking each other took a third of
// the drain.
func (f *flusher[K, V]) run(w *worker, c *call[K, V]) error {
	for {
		if err := f.invoke(c); err != nil || !w.goOn() {
			return err
		}
		f.landed(time.Since(c.began))
		if !f.take() {
			return nil
		}
		f.nextCall()
		w.enter()
	}
}

// invoke runs user code.
func (f *flusher[K, V]) invoke(c *call[K, V]) error {
	defer c.cancel()
	if p := f.m.options.TableProcessor; p != nil {
		return p(c.ctx, c.table)
	}
	return f.m.options.Processor(c.ctx, c.batch)
}

// callContext is the context of a call about the batch in hand.
func (f *flusher[K, V]) callContext() (context.Context, context.CancelFunc) {
	return context.WithTimeout(&callContext{f.ctx, f.delivery.batch}, f.delivery.settings.ProcessorTimeout)
}

// failed is what failed of a batch.
type failed[K comparable, V any] struct {
	count   int
	took    time.Duration
	err     error // the processor's, or what it crashed with
	crashed bool
	company bool        // all did, and it may be because of one of them
	lasting bool        // nothing but permanent errors
	back    []ref[K, V] // to be tried again
	letters []letter[K, V]
}

// landed enters in the books that a call delivered the batch in hand.
func (f *flusher[K, V]) landed(took time.Duration) {
	h := &f.delivery.hand
	f.remember(h.batch)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.books.called(took)
	f.deliveredLocked(h.batch)
	h.batch = h.batch[:0]
}

// settle enters in the books that a call failed, and sorts what of the batch did.
func (f *flusher[K, V]) settle(r result, took time.Duration) (bad failed[K, V]) {
	d := &f.delivery
	verdicts, bad := f.judge(r)
	if f.m.stopped() && context.Cause(f.ctx) == nil {
		f.ending.reason = bad.err
	}
	delivered := f.sortOut(verdicts, &bad)
	bad.count, bad.took = len(d.hand.batch)-len(delivered), took
	f.remember(delivered)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.deliveredLocked(delivered)
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
		r = f.await(d.limit(), func(*worker) (crash error) {
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
	bad.company = f.inCompany(verdicts)
	letters := make([]letter[K, V], len(verdicts))
	bad.lasting = true
next:
	for _, r := range d.hand.batch {
		for i := range verdicts {
			v := &verdicts[i]
			if !v.covers(r.slot.Key()) {
				continue
			}
			d.did.answered = d.did.answered || v.permanent
			bad.lasting = bad.lasting && v.permanent
			// A key that no map finds may never be alone while the sink is down.
			key := r.slot.Key()
			spared := bad.company && key == key
			if v.permanent || !spared && f.m.options.Retry.exhausted(int(r.slot.Attempts())+d.tries) {
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

// inCompany reports whether the entries of the batch in hand failed because one of
// them was in it, as far as is known. Then they are halved, and not given up.
func (f *flusher[K, V]) inCompany(verdicts []verdict[K]) bool {
	o := &f.m.options
	return len(f.delivery.hand.batch) > 1 && verdicts[0].keys == nil && !verdicts[0].permanent &&
		o.Retry.Policy == Requeue && o.Retry.MaxAttempts != 1 && o.TableProcessor == nil
}

// remember notes which versions were delivered.
func (f *flusher[K, V]) remember(refs []ref[K, V]) {
	if f.versions == nil {
		return
	}
	for _, r := range refs {
		f.versions.Remember(r.slot.Key(), r.version)
	}
}

// deliveredLocked disposes of entries for which the processor returned nil.
func (f *flusher[K, V]) deliveredLocked(refs []ref[K, V]) {
	d, n := &f.delivery, len(refs)
	if n == 0 {
		return
	}
	d.did.answered = true
	d.info.Delivered += n
	f.books.delivered += uint64(n)
	f.books.vitals.delivered(time.Now())
	f.books.inFlight -= n
	f.freed(refs...) // after the books: never more than Capacity in them
}
