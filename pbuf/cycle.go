package pbuf

import (
	"context"
	"time"

	"github.com/partitioned-buffer/go/internal/shard"
)

// cycle is the delivery of one retired generation, step by step. stage is
// advanced before user code is called, so that a goroutine that takes over
// after a Goexit goes on with the next step. The flusher's own; what others
// need to know is in its hand.
type cycle[K comparable, V any] struct {
	stage   stage
	retired *shard.Retired[K, V]
	began   time.Time
	timeout time.Duration
	size    int // of batches
	shift   int // see groupSize

	batch  []Entry[K, V] // reused by all cycles
	count  int           // entries of the call in progress
	called time.Time
	err    error
	cause  error // why entries are given up

	alive   bool // something was delivered
	misses  int  // calls in a row that delivered nothing, while not alive
	retry   bool // something failed, and not for good
	skipped bool // what is being requeued was not tried
	merging bool // in Options.Merge
	back    int  // entries of the batch that were requeued
	beaten  int  // entries of the batch that a newer write replaced
	notes   []func()
}

type stage uint8

const (
	stageIdle         stage = iota
	stageStart              // FlushStart is due
	stageBatch              // the next batch is due
	stageCall               // the processor is due
	stageResult             // its result is due
	stageBack               // failed entries are due to go back
	stageLetter             // the next entries to give up are due
	stageLetterCall         // DeadLetter is due
	stageLetterResult       // its result is due
	stageStop               // FlushStop is due
	stageRelease
)

// take begins the cycle of r; nil is nothing to do.
func (f *flusher[K, V]) take(r *shard.Retired[K, V]) {
	f.reportOverflow()
	if r == nil {
		f.ended = time.Now() // an empty tick is a tick too: it must not be due again at once
		return
	}
	s := f.m.settings.Load() // one snapshot for the whole cycle
	f.cycle = cycle[K, V]{
		stage: stageStart, retired: r, timeout: s.ProcessorTimeout,
		size: s.BatchSize, shift: splitShift(s.BatchSize, f.m.options.Retry.MaxAttempts),
		batch: f.cycle.batch, notes: f.cycle.notes,
	}
}

// deliver takes the cycle in hand through its stages. Hooks are noted in one
// stage and run before the next.
func (f *flusher[K, V]) deliver() {
	c := &f.cycle
	if c.stage == stageIdle {
		f.notify()
		return
	}
	defer f.region().End()
	for {
		f.notify()
		switch c.stage {
		case stageIdle: // given up while we were in user code
			return
		case stageStart:
			c.stage, c.began = stageBatch, time.Now()
			f.note(f.m.options.Hooks.FlushStart, f.info(c.retired.Len(), 0, nil))
		case stageBatch:
			c.stage = f.nextBatch()
		case stageCall:
			// What stands here if the call ends this goroutine.
			c.stage, c.called, c.err = stageResult, time.Now(), ErrGoexit
			c.err = f.invoke(f.process())
		case stageResult:
			c.stage = f.account()
		case stageBack:
			c.stage = f.putBack()
		case stageLetter:
			c.stage = f.nextLetter()
		case stageLetterCall:
			c.stage, c.called, c.err = stageLetterResult, time.Now(), ErrGoexit
			c.err = f.invoke(f.post())
		case stageLetterResult:
			c.stage = f.accountLetter()
		case stageStop:
			c.stage = f.conclude()
		case stageRelease:
			f.release()
			clear(c.batch[:cap(c.batch)]) // values must not outlive their delivery
			*c = cycle[K, V]{batch: c.batch[:0], notes: c.notes}
			f.ended = time.Now()
			return
		}
	}
}

// nextBatch prepares the next call. After the end of Stop's context it hands the
// rest over to Undelivered instead.
func (f *flusher[K, V]) nextBatch() stage {
	c, h := &f.cycle, &f.hand
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.finished {
		return stageIdle
	}
	if err := context.Cause(f.ctx); err != nil {
		f.giveUpLocked(err)
		return stageStop
	}
	c.back, c.beaten = 0, 0
	if f.m.options.TableProcessor != nil {
		if c.count > 0 {
			return stageStop
		}
		c.count = c.retired.Len()
		return stageCall
	}
	h.next(c.size, c.shift)
	switch {
	case len(h.batch) == 0:
		return stageStop
	case c.misses >= missesOfDeadSink && f.retries():
		c.skipped = true
		h.back, h.batch = append(h.back, h.batch...), h.batch[:0]
		return stageBack
	}
	c.batch = c.batch[:0]
	for _, r := range h.batch {
		c.batch = append(c.batch, r.entry())
	}
	c.count = len(c.batch)
	return stageCall
}

// conclude is the end of a cycle: it decides when the next one may be.
func (f *flusher[K, V]) conclude() stage {
	c := &f.cycle
	hooks := &f.m.options.Hooks
	f.mu.Lock()
	f.stats.drains++
	f.retryAt = time.Time{}
	var wait time.Duration
	if c.retry && f.retries() {
		wait = f.pause.after(c.alive)
		f.retryAt = time.Now().Add(wait)
	} else if c.alive {
		f.pause.failures = 0
	}
	f.mu.Unlock()
	f.note(hooks.FlushStop, f.info(c.retired.Len(), time.Since(c.began), nil))
	if wait > 0 {
		f.note(hooks.Backoff, f.info(0, wait, f.lastErr)) // lastErr: written by this goroutine while it delivers
	}
	return stageRelease
}

// retries reports whether failed entries go back: not while Stop drains.
func (f *flusher[K, V]) retries() bool {
	return f.m.options.Retry.Policy == Requeue && !f.m.stopped()
}

func (f *flusher[K, V]) info(entries int, d time.Duration, err error) ProcessingInfo {
	return ProcessingInfo{
		Name: f.m.options.Name, Partition: f.id, Generation: f.cycle.number(),
		Entries: entries, Duration: d, Err: err,
	}
}

func (c *cycle[K, V]) number() uint64 {
	if c.retired == nil {
		return 0
	}
	return c.retired.Number()
}

// release ends the generation's time in flight. A TableProcessor may have kept
// the table, and a processor that was abandoned may read on: then its store
// cannot serve again.
func (f *flusher[K, V]) release() {
	if f.m.options.TableProcessor != nil {
		f.part.Release(f.cycle.retired)
	} else {
		f.part.Recycle(f.cycle.retired)
	}
}
