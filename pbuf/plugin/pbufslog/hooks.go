package pbufslog

import (
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// Hooks is Options.Hooks with the default options.
func Hooks(logger *slog.Logger) (pbuf.Hooks, error) { return Options{}.Hooks(logger) }

// Hooks makes the hooks of one buffer, for its Options.Hooks: they hold what that
// buffer goes through, so each needs its own. The error wraps ErrOptions.
//
// To call hooks of your own too, wrap the fields of what Hooks returns.
func (o Options) Hooks(logger *slog.Logger) (pbuf.Hooks, error) {
	switch {
	case logger == nil:
		return pbuf.Hooks{}, fmt.Errorf("%w: logger is nil", ErrOptions)
	case logger.Handler() == nil:
		return pbuf.Hooks{}, fmt.Errorf("%w: logger has no handler", ErrOptions)
	}
	if err := o.resolve(); err != nil {
		return pbuf.Hooks{}, err
	}
	b := &book{
		options: o,
		log:     logger.Handler(),
		parts:   map[int]*partition{},
		tallies: map[Event]*tally{},
	}
	return pbuf.Hooks{
		PartitionStop:  b.stopped,
		FlushStart:     b.flushStart,
		FlushStop:      b.flushStop,
		BatchFailed:    b.batchFailed,
		BatchPanicked:  b.batchPanicked,
		Backoff:        b.backoff,
		ProcessorStuck: func(i pbuf.BatchInfo) { b.repeats(Stuck, i) },
		DeadLettered:   func(i pbuf.BatchInfo) { b.repeats(DeadLettered, i) },
		Dropped:        func(i pbuf.BatchInfo) { b.repeats(Dropped, i) },
		Full:           b.full,
	}, nil
}

// book is what the hooks of one buffer share. Its mutex guards all but options and
// log, and is not held while something is logged: handlers and errors are user code.
type book struct {
	options Options
	log     slog.Handler

	mu      sync.Mutex
	parts   map[int]*partition
	stops   int // how many of them have
	episode episode
	tallies map[Event]*tally
}

// do runs f with the mutex held, then logs the lines that it made, after those that
// have waited long enough.
func (b *book) do(f func(now time.Time, out *lines)) {
	now := time.Now()
	var out lines
	func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.overdue(now, &out)
		f(now, &out)
	}()
	for i := range out {
		b.write(&out[i])
	}
}

// overdue adds the lines that were held back and need not be any longer.
func (b *book) overdue(now time.Time, out *lines) {
	for _, event := range repeating {
		if t := b.tallies[event]; t != nil && !now.Before(t.next) {
			t.line(event, now, b.options.Every, out)
		}
	}
	b.episode.lines(b.options.Every, now, out)
}

// stopped is told of a partition's end. With the last one's, nothing is held back any
// longer.
func (b *book) stopped(i pbuf.PartitionInfo) {
	b.do(func(now time.Time, out *lines) {
		if b.stops++; b.stops < i.Partitions {
			return
		}
		for _, event := range repeating {
			if t := b.tallies[event]; t != nil {
				t.line(event, now, b.options.Every, out)
			}
		}
		b.episode.stop(now, out)
	})
}

func (b *book) part(i int) *partition {
	p := b.parts[i]
	if p == nil {
		p = &partition{}
		b.parts[i] = p
	}
	return p
}
