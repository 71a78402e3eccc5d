package pbuf

import (
	"math/rand/v2"
	"time"
)

// replay waits until what is left of the batch in hand is to be tried again; false
// if it is not, and has been disposed of. The generation stays in flight meanwhile.
func (f *flusher[K, V]) replay(left []ref[K, V]) bool {
	d, o := &f.delivery, &f.m.options
	if len(left) < len(d.hand.batch) {
		d.batch.Number, d.batch.Attempt = d.batch.Number+1, 0 // another content, another batch
	}
	d.hand.batch = append(d.hand.batch[:0], left...)
	wait := o.Retry.backoff(d.tries, rand.Float64())
	until := time.Now().Add(wait)
	if f.closed() {
		if !f.awaitRetry() {
			f.keep(d.hand.batch, d.tries, d.info.Err)
			return false
		}
	} else {
		f.failCalls(until)
		d.did.answered = false // what came before says nothing of the calls that follow
		notify(f, o.Hooks.Backoff, BackoffInfo{f.info(), wait, d.info.Err})
		f.awaitReplay(until)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.books.backingOff = time.Time{}
	f.calls.trying = len(f.calls.waiting)
	return true
}

// awaitReplay returns at the end of the backoff, or when a Flush call or Stop asks
// for an attempt at once.
func (f *flusher[K, V]) awaitReplay(until time.Time) {
	for {
		d := time.Until(until)
		if d <= 0 || f.called() {
			return
		}
		select {
		case <-f.runner.after(d):
		case <-f.alarm.wake:
		case <-f.m.stopping.begun:
			f.runner.timer.Stop()
			return
		}
		f.runner.timer.Stop()
	}
}

// failCalls answers the Flush calls that wait for what has failed: those that this
// flush covers, and those that this attempt was made for.
func (f *flusher[K, V]) failCalls(until time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	b, c := &f.books, &f.calls
	b.backingOff = until
	b.vitals.judge(f.delivery.did, f.delivery.began)
	b.returned = b.inFlight
	f.answerLocked()
	c.covered, c.waiting = append(c.covered, c.waiting[:c.trying]...), c.waiting[c.trying:]
	b.returned = b.inFlight + f.part.Size()
	f.answerLocked()
	b.returned = 0
}
