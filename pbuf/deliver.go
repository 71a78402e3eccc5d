package pbuf

import (
	"context"
	"errors"
	"runtime/debug"
	"runtime/trace"
	"time"

	"github.com/partitioned-buffer/go/internal/shard"
)

// nextBatch fills the batch from the cursor and reports whether there is
// anything in it. After the end of Stop's context it hands the rest over to
// Undelivered instead.
func (f *flusher[K, V]) nextBatch() bool {
	c := &f.cycle
	if err := context.Cause(f.ctx); err != nil {
		f.giveUp(err)
		return false
	}
	if f.m.options.TableProcessor != nil {
		if c.count > 0 {
			return false
		}
		c.count, c.cursor = c.retired.Len(), shard.Cursor[K, V]{}
		return true
	}
	c.batch = c.batch[:0]
	for len(c.batch) < c.size {
		s, version := c.cursor.Next()
		if s == nil {
			break
		}
		c.batch = append(c.batch, entryOf(s, version))
	}
	c.count = len(c.batch)
	return c.count > 0
}

// call runs the processor on what nextBatch prepared.
func (f *flusher[K, V]) call() (err error) {
	ctx, cancel := context.WithTimeout(f.ctx, f.cycle.timeout)
	defer cancel()
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	if p := f.m.options.TableProcessor; p != nil {
		return p(ctx, &Table[K, V]{retired: f.cycle.retired})
	}
	return f.m.options.Processor(ctx, f.cycle.batch)
}

// account enters the call's result in the books. It returns false if Stop gave
// the entries up while the processor had them: then they are no longer ours.
func (f *flusher[K, V]) account() bool {
	c := &f.cycle
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.finished {
		return false
	}
	f.stats.called(time.Since(c.called))
	f.stats.inFlight.Add(-int64(c.count))
	if c.err == nil {
		f.stats.delivered.Add(uint64(c.count))
	} else {
		f.failLocked(c.count, c.err)
	}
	f.mark = c.cursor
	return true
}

// failLocked books n entries, from mark on, as failed. While the buffer runs
// they are dropped (this is where a retry puts them back); once it is stopping
// they are kept for Undelivered.
func (f *flusher[K, V]) failLocked(n int, err error) {
	f.failed += uint64(n)
	f.stats.failed.Add(uint64(n))
	f.lastErr = err
	if f.m.stopped() {
		f.keepLocked(f.mark, n)
	}
}

// report tells the hooks about a failed batch.
func (f *flusher[K, V]) report() {
	c := &f.cycle
	if c.err == nil {
		return
	}
	hook := f.m.options.Hooks.ProcessingFailed
	var p *PanicError
	if errors.As(c.err, &p) || errors.Is(c.err, ErrGoexit) {
		hook = f.m.options.Hooks.ProcessingException
	}
	f.processingHook(hook, f.info(c.count, time.Since(c.called), c.err))
}

// region marks the delivery in an execution trace.
func (f *flusher[K, V]) region() *trace.Region { return trace.StartRegion(f.ctx, "pbuf.drain") }

// moveMark notes that everything from the cursor on is in hand.
func (f *flusher[K, V]) moveMark() {
	f.mu.Lock()
	f.mark = f.cycle.cursor
	f.mu.Unlock()
}
