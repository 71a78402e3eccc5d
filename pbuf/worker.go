package pbuf

import (
	"context"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

// worker is a goroutine that runs a partition's user code, one task at a time. Its
// flusher waits for it, and so is there to act whatever user code does: it may
// panic, block for ever, or end the goroutine. A worker is kept from task to task,
// since a goroutine per call costs more than the batch, and ends when the partition
// has nothing to do.
//
// Tried: running user code on the flusher, with its progress noted before each call
// so that the next goroutine could go on from there. It took eleven stages where a
// loop does.
type worker struct {
	tasks chan func(*worker) error // room for one; closed by the flusher when it lets go
	done  chan result              // room for one: nobody waits for the answer of a worker left behind

	// turn says who owns the flush in hand: ours, theirs, or, while user code runs, when
	// that began, as nanoseconds after born plus one. Then it goes to whoever swaps it
	// first: the worker when user code has returned, or the flusher when it has waited
	// long enough.
	turn atomic.Int64
	born time.Time

	all *sync.Map // the buffer's workers by the number of their goroutine, for inside
	// left: nobody waits for the worker any more. The flusher sets it before it goes
	// on, inside reads it.
	left atomic.Bool
	// stuck counts the workers that were left behind, this one too, if it is not nil.
	// The flusher's until it closes tasks, the worker's after that.
	stuck *atomic.Int64
}

// result is how a task ended.
type result struct {
	err error
	how how
}

type how uint8

const (
	returned  how = iota
	crashed       // err is a *PanicError or ErrGoexit
	abandoned     // it has not returned, and nobody waits for it any more
	gaveUp        // it has not returned, or was not begun, and Stop is over
)

func newWorker(all *sync.Map) *worker {
	w := &worker{all: all, tasks: make(chan func(*worker) error, 1), done: make(chan result, 1), born: time.Now()}
	go w.run()
	return w
}

func (w *worker) run() {
	over := false
	defer func() {
		if !over { // neither a return nor a panic, which is recovered: runtime.Goexit
			w.answer(result{ErrGoexit, crashed})
			go w.run()
		}
	}()
	if id := goroutineID(); id != 0 {
		w.all.Store(id, w) // before it runs user code: found on this goroutine alone
		defer w.all.Delete(id)
	}
	for task := range w.tasks {
		w.answer(guarded(func() error { return task(w) }))
	}
	over = true
	if w.stuck != nil {
		w.stuck.Add(-1) // a count that orders nothing else; the flusher's add came before
	}
}

func (w *worker) answer(r result) {
	select {
	case w.done <- r:
	default: // the second one that nobody waits for
	}
}

const (
	theirs = 0  // the flusher's, whatever the worker does
	ours   = -1 // the worker's, which is between two calls
)

// enter says that user code begins.
func (w *worker) enter() {
	w.turn.Store(int64(time.Since(w.born)) + 1) // publication of what we did to the flush: pairs with takeBack
}

// goOn reports whether the worker may go on with the flush, since user code has
// returned in time.
func (w *worker) goOn() bool {
	// Ownership: of us and takeBack only one succeeds. The turn is a time: only we
	// begin calls, and takeBack makes it theirs.
	turn := w.turn.Load()
	return turn != theirs && w.turn.CompareAndSwap(turn, ours)
}

// takeBack makes the flush the flusher's, if user code has run for that long. Else
// it says when to ask again.
func (w *worker) takeBack(limit time.Duration) (ran, again time.Duration, ok bool) {
	again = max(limit, time.Millisecond) // a call that begins now is not late before
	turn := w.turn.Load()                // a look: the compare-and-swap decides
	switch turn {
	case theirs:
		return 0, 0, true
	case ours:
		return 0, again, false
	}
	if ran = time.Since(w.born) - time.Duration(turn-1); ran < limit {
		return ran, limit - ran, false
	}
	// Ownership: of us and goOn only one succeeds, and of the call that we have seen.
	return ran, again, w.turn.CompareAndSwap(turn, theirs)
}

// guarded runs the task and recovers its panic.
func guarded(task func() error) (r result) {
	defer func() {
		if v := recover(); v != nil {
			r = result{&PanicError{Value: v, Stack: debug.Stack()}, crashed}
		}
	}()
	return result{err: task()}
}

// insideKey marks the contexts that processors get, with the Map as the value.
type insideKey struct{}

// inside reports whether the caller is user code that one of the buffer's flushers
// waits for: by the context, which also covers goroutines that a processor starts
// and waits for, or by the worker's goroutine. Waiting for the flusher would then be
// for ever.
func (m *Map[K, V]) inside(ctx context.Context) bool {
	if ctx.Value(insideKey{}) == any(m) {
		return true
	}
	w, ok := m.workers.Load(goroutineID())
	return ok && !w.(*worker).left.Load() // left: pairs with dismiss
}
