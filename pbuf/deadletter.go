package pbuf

import (
	"context"
	"fmt"
)

// letter is a group of entries to be given up, and why.
type letter[K comparable, V any] struct {
	refs []ref[K, V]
	err  error
}

// nextLetter prepares the next call of DeadLetter. Without one, entries are
// dropped; while Stop drains, they are kept for Undelivered instead.
func (f *flusher[K, V]) nextLetter() stage {
	c, h := &f.cycle, &f.hand
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.finished:
		return stageIdle
	case len(h.letters) == 0:
		h.letters = nil
		return stageBatch
	}
	l := h.letters[0]
	if f.m.options.DeadLetter == nil {
		f.dropLocked(l.err)
		return stageLetter
	}
	c.batch = c.batch[:0]
	for _, r := range l.refs {
		c.batch = append(c.batch, f.failedEntry(r))
	}
	c.cause, c.count = l.err, len(c.batch)
	return stageLetterCall
}

// failedEntry is the entry with the failure that led here counted.
func (f *flusher[K, V]) failedEntry(r ref[K, V]) Entry[K, V] {
	e := r.entry()
	e.Attempts = min(e.Attempts+1, MaxAttempts)
	return e
}

// post is the call of DeadLetter.
func (f *flusher[K, V]) post() func(context.Context) error {
	post, batch, cause := f.m.options.DeadLetter, f.cycle.batch, f.cycle.cause
	return func(ctx context.Context) error { return post(ctx, batch, cause) }
}

// accountLetter enters the result of post in the books.
func (f *flusher[K, V]) accountLetter() stage {
	c, h := &f.cycle, &f.hand
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.finished {
		return stageIdle
	}
	l := h.letters[0]
	if c.err != nil {
		f.dropLocked(fmt.Errorf("pbuf: DeadLetter: %w, for entries that failed with: %w", c.err, l.err))
		return stageLetter
	}
	n := len(l.refs)
	h.letters = h.letters[1:]
	f.stats.deadLettered += uint64(n)
	f.goneLocked(l.refs)
	f.note(f.m.options.Hooks.DeadLettered, f.info(n, 0, l.err))
	return stageLetter
}

// dropLocked disposes of the first letter's entries as dropped.
func (f *flusher[K, V]) dropLocked(err error) {
	l := f.hand.letters[0]
	f.hand.letters = f.hand.letters[1:]
	n := len(l.refs)
	if f.m.stopped() {
		for _, r := range l.refs {
			f.keepLocked(f.failedEntry(r))
		}
		f.disposeLocked(n)
		return
	}
	f.stats.dropped += uint64(n)
	f.goneLocked(l.refs)
	f.note(f.m.options.Hooks.Dropped, f.info(n, 0, err))
}

// goneLocked disposes of entries that will not reach the processor's nil.
func (f *flusher[K, V]) goneLocked(refs []ref[K, V]) {
	f.gone += uint64(len(refs))
	f.freed(refs...)
	f.disposeLocked(len(refs))
}
