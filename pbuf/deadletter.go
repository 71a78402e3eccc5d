package pbuf

import "fmt"

// letter is a group of entries to be given up, and why.
type letter[K comparable, V any] struct {
	refs  []ref[K, V]
	times int // how often they failed in this flush
	err   error
}

// giveUp gives up the letters' entries: to DeadLetter, in calls of the processor's
// kind. Without one, or if it fails, they are dropped; while Stop drains, they are
// kept for Undelivered instead.
func (f *flusher[K, V]) giveUp(letters []letter[K, V]) {
	o := &f.m.options
	for _, l := range letters {
		if o.DeadLetter == nil {
			f.drop(l, l.err)
			continue
		}
		entries := make([]Entry[K, V], 0, len(l.refs))
		for _, r := range l.refs {
			entries = append(entries, r.failed(l.times))
		}
		ctx, cancel := f.callContext()
		f.delivery.calling = len(entries)
		r := f.await(f.delivery.limit(), func(*worker) error { return o.DeadLetter(ctx, entries, l.err) })
		cancel()
		switch {
		case r.how == gaveUp:
			f.keep(l.refs, l.times, l.err)
		case r.err != nil:
			f.drop(l, &deadLetterError{r.err, l.err})
		default:
			f.delivery.info.DeadLettered += len(l.refs)
			f.gone(l, &f.books.deadLettered)
			notify(f, o.Hooks.DeadLettered, f.delivery.batchInfo(len(l.refs), 0, l.err))
		}
	}
}

// drop disposes of a letter that nobody has taken.
func (f *flusher[K, V]) drop(l letter[K, V], err error) {
	if f.closed() {
		f.keep(l.refs, l.times, l.err)
		return
	}
	f.delivery.info.Dropped += len(l.refs)
	f.lost(l, err)
	f.gone(l, &f.books.dropped)
	notify(f, f.m.options.Hooks.Dropped, f.delivery.batchInfo(len(l.refs), 0, err))
}

// gone enters entries in the books that will not reach the processor's nil.
func (f *flusher[K, V]) gone(l letter[K, V], as *uint64) {
	n := len(l.refs)
	f.mu.Lock()
	defer f.mu.Unlock()
	*as += uint64(n)
	f.books.gone += uint64(n)
	f.books.inFlight -= n
	f.freed(l.refs...) // after the books
}

// deadLetterError is the end of entries that DeadLetter did not take. It makes its
// text when it is asked for it: that calls methods of user code's errors.
type deadLetterError struct{ letter, cause error }

func (e *deadLetterError) Error() string {
	return fmt.Sprintf("pbuf: DeadLetter: %v, for entries that failed with: %v", e.letter, e.cause)
}

// Unwrap returns both errors.
func (e *deadLetterError) Unwrap() []error { return []error{e.letter, e.cause} }
