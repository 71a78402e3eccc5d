package pbuf

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// stuckGrace is how long after the end of its context a processor may still
// return in good order; then it counts as stuck.
const stuckGrace = 250 * time.Millisecond

// stopGrace is how long, after Stop's context has ended and the processors'
// contexts with it, user code may still return; then it is given up.
const stopGrace = 250 * time.Millisecond

// runner is how a flusher has user code run. All but the atomics is the flusher's own.
type runner struct {
	worker *worker          // nil while there is nothing to do
	timer  *time.Timer      // nil until the first use: of a call, or else of the schedule
	grace  <-chan time.Time // nil until Stop's context has ended: the end of the grace
	over   bool             // it is over: no user code is begun any more
	left   *worker          // who was given up

	stuck        atomic.Int64  // calls that run past their timeout
	hookFailures atomic.Uint64 // a count that orders nothing else
}

// after sets the timer. A nil or stopped timer's channel never delivers.
func (x *runner) after(d time.Duration) <-chan time.Time {
	if x.timer == nil {
		x.timer = time.NewTimer(d)
	} else {
		x.timer.Reset(d)
	}
	return x.timer.C
}

// hire returns the worker.
func (f *flusher[K, V]) hire() *worker {
	x := &f.runner
	if x.worker == nil {
		x.worker = newWorker(&f.m.workers)
	}
	return x.worker
}

// dismiss ends the worker, which has nothing to do. One that is left behind in a
// call counts itself out of stuck when it returns.
func (x *runner) dismiss(stuck *atomic.Int64) {
	if w := x.worker; w != nil {
		x.worker = nil
		w.left.Store(true) // pairs with inside
		w.stuck = stuck
		close(w.tasks) // ownership of stuck passes to the worker
	}
}

// await has the worker run the task and waits for it. A call of a processor has a
// limit of time, after which it counts as stuck; zero: no limit. Once Stop's
// context has ended, await waits until the end of the grace and no longer.
func (f *flusher[K, V]) await(limit time.Duration, task func(*worker) error) result {
	x := &f.runner
	if x.over {
		return result{how: gaveUp}
	}
	w := f.hire()
	w.enter()
	w.tasks <- task // never waits: the worker has answered for the one before
	var late <-chan time.Time
	if limit > 0 {
		late = x.after(limit)
		defer x.timer.Stop()
	}
	var ended <-chan struct{}
	if x.grace == nil {
		ended = f.ctx.Done()
	}
	for stuck := false; ; {
		select {
		case r := <-w.done:
			if stuck {
				x.stuck.Add(-1)
				f.setStuck(time.Time{})
			}
			return r
		case <-late:
			ran, again, ok := w.takeBack(limit)
			if !ok {
				x.timer.Reset(again)
				continue
			}
			stuck = true
			x.stuck.Add(1)
			if f.m.options.AbandonStuck {
				x.dismiss(&x.stuck)
				f.reportStuck(ran, ErrAbandoned)
				return result{fmt.Errorf("%w after %v", ErrAbandoned, ran), abandoned}
			}
			f.setStuck(time.Now())
			f.reportStuck(ran, context.DeadlineExceeded)
		case <-ended:
			ended, x.grace = nil, time.After(stopGrace)
		case <-x.grace:
			if _, again, ok := w.takeBack(0); !ok {
				x.grace = time.After(again)
				continue
			}
			x.over, x.left, x.worker = true, w, nil // not closed: see leave
			w.left.Store(true)                      // pairs with inside
			if stuck {
				w.stuck = &x.stuck
			}
			return result{how: gaveUp}
		}
	}
}

// setStuck notes since when the flusher waits for a call in vain; zero: it does not.
func (f *flusher[K, V]) setStuck(since time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.books.vitals.stuck = since
}

// limit is how long a call of the processor may take until it is stuck.
func (d *delivery[K, V]) limit() time.Duration {
	return saturatingAdd(d.settings.ProcessorTimeout, stuckGrace)
}

// reportStuck runs the hook on a goroutine that nobody waits for: the worker is busy.
func (f *flusher[K, V]) reportStuck(d time.Duration, err error) {
	hook := f.m.options.Hooks.ProcessorStuck
	if hook == nil {
		return
	}
	info := f.delivery.batchInfo(f.delivery.calling, d, err)
	go f.runner.counted(func() { hook(info) })
}

// counted runs a hook whose failure is counted and goes no further.
func (x *runner) counted(hook func()) {
	ok := false // not so after a Goexit either
	defer func() {
		if !ok {
			x.hookFailures.Add(1)
		}
	}()
	ok = guarded(func() error { hook(); return nil }).how == returned
}
