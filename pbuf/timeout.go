package pbuf

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"
)

// stuckGrace is how long after the end of its context a processor may still
// return in good order; then it counts as stuck.
const stuckGrace = 250 * time.Millisecond

// invoke runs the processor or DeadLetter under the timeout, and watches it.
func (f *flusher[K, V]) invoke(call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(f.ctx, f.cycle.timeout)
	defer cancel()
	if f.m.options.AbandonStuck {
		return f.invokeApart(ctx, call)
	}
	w := f.watch()
	defer f.unwatch(w)
	return guarded(ctx, call)
}

// guarded turns a panic of call into its error.
func guarded(ctx context.Context, call func(context.Context) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	return call(ctx)
}

// watch reports the call as stuck if unwatch does not come in time.
func (f *flusher[K, V]) watch() *time.Timer {
	info := f.info(f.cycle.count, 0, context.DeadlineExceeded)
	w := &watched{began: time.Now()}
	f.watching = w
	return time.AfterFunc(saturatingAdd(f.cycle.timeout, stuckGrace), func() {
		f.mu.Lock()
		over := f.watching != w // the call has returned
		if !over {
			w.stuck = true
			f.stuck.Add(1)
		}
		f.mu.Unlock()
		if !over {
			f.reportStuck(info, w.began)
		}
	})
}

// watched is a call under watch, guarded by the flusher's mutex.
type watched struct {
	began time.Time
	stuck bool
}

func (f *flusher[K, V]) unwatch(t *time.Timer) {
	t.Stop()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.watching.stuck {
		f.stuck.Add(-1)
	}
	f.watching = nil
}

// reportStuck runs the hook, on a goroutine that nobody waits for.
func (f *flusher[K, V]) reportStuck(info ProcessingInfo, began time.Time) {
	hook := f.m.options.Hooks.ProcessorStuck
	if hook == nil {
		return
	}
	info.Duration = time.Since(began)
	returned := false // not so after a Goexit either
	defer func() {
		if !returned {
			f.hookFailures.Add(1)
		}
	}()
	returned = protect(func() { hook(info) }) == nil
}

// invokeApart runs the call on a goroutine of its own and leaves it behind if it
// is stuck (Options.AbandonStuck).
func (f *flusher[K, V]) invokeApart(ctx context.Context, call func(context.Context) error) error {
	done := make(chan error, 1)
	info, began := f.info(f.cycle.count, 0, ErrAbandoned), time.Now()
	self := f.goroutine.Load()
	defer f.goroutine.Store(self)
	go func() {
		err := error(ErrGoexit)
		defer func() { done <- err }()
		f.goroutine.Store(goroutineID())
		err = guarded(ctx, call)
	}()
	timer := time.NewTimer(saturatingAdd(f.cycle.timeout, stuckGrace))
	defer timer.Stop()
	select {
	case err := <-done:
		return err
	case <-f.abandoned: // by Stop: nobody wants the result any more
		return ErrAbandoned
	case <-timer.C:
	}
	f.stuck.Add(1)
	go func() {
		<-done // whatever it says: its entries are accounted for
		f.stuck.Add(-1)
	}()
	f.cycle.batch = nil // the processor has it still
	go f.reportStuck(info, began)
	return fmt.Errorf("%w after %v", ErrAbandoned, time.Since(began))
}
