package pbuf

import "sync/atomic"

// alarm is how writers and callers reach the flusher's goroutine. That starts at the
// first signal: one that waits for a first write would hold 5 KB, most of it stack.
//
// Rejected: ending it whenever the partition is empty. A partition that is written to
// once per interval would start one at each, and its stack would grow each time.
type alarm struct {
	wake  chan struct{} // capacity 1: a token says that something may be due
	stage atomic.Uint32 // of the goroutine

	// notice is how many entries there are after an insert that must wake the
	// flusher: FlushThreshold, beside those that wait for a retry. Stored before the
	// flusher looks at the size, read after an insert has changed it: one of the two
	// sees the other.
	notice atomic.Int64
}

// The stages of a flusher's goroutine.
const (
	held    = iota // it must not start: the Map is being made
	waiting        // for the first signal
	started
)

// ready lets the goroutine start, now or at the first signal.
func (f *flusher[K, V]) ready(now bool) {
	f.alarm.stage.Store(waiting) // publication of the whole Map: pairs with start
	if now {
		f.start()
	}
}

// signal makes the flusher look whether something is due.
func (f *flusher[K, V]) signal() {
	f.start()
	f.nudge()
}

// nudge does so if the flusher has started; until then the insert that starts it will.
func (f *flusher[K, V]) nudge() {
	select {
	case f.alarm.wake <- struct{}{}:
	default: // the token that is there will do
	}
}

// start starts the goroutine unless it has started.
func (f *flusher[K, V]) start() {
	// Ownership of the start: one of those who signal at once has it. The goroutine's
	// own state is nobody else's.
	if s := &f.alarm.stage; s.Load() == waiting && s.CompareAndSwap(waiting, started) {
		go f.main()
	}
}
