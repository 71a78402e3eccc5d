package pbufslog

import (
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// ErrOptions is wrapped by the errors of Hooks.
var ErrOptions = errors.New("pbufslog: invalid option")

// DefaultEvery is the default of Options.Every.
const DefaultEvery = time.Minute

// Event is a kind of line, and its message.
type Event string

// The events.
const (
	SinkDown       Event = "pbuf: sink is down"
	EntriesFail    Event = "pbuf: some entries fail"
	Recovered      Event = "pbuf: deliveries recovered"
	StoppedFailing Event = "pbuf: stopped while deliveries failed"
	Dropped        Event = "pbuf: entries dropped"
	DeadLettered   Event = "pbuf: entries dead-lettered"
	Full           Event = "pbuf: buffer was full"
	Stuck          Event = "pbuf: processor is stuck"
	Panicked       Event = "pbuf: panic"
	Flushed        Event = "pbuf: flush"
)

func defaultLevels() map[Event]slog.Level {
	return map[Event]slog.Level{
		SinkDown:       slog.LevelError,
		EntriesFail:    slog.LevelWarn,
		Recovered:      slog.LevelInfo,
		StoppedFailing: slog.LevelError,
		Dropped:        slog.LevelError,
		DeadLettered:   slog.LevelWarn,
		Full:           slog.LevelWarn,
		Stuck:          slog.LevelError,
		Panicked:       slog.LevelError,
		Flushed:        slog.LevelDebug,
	}
}

// Options configure the hooks. The zero value means the defaults.
type Options struct {
	// Levels changes the levels of these events. Default: see the package.
	Levels map[Event]slog.Level
	// Every is the least time between two lines of one kind; Flushed is not held back.
	// Default: 1 min.
	Every time.Duration
	// ErrorText makes the text of the processor's, DeadLetter's and panics' errors; ""
	// leaves the attribute out. It is called like a hook. Default: the error's own text.
	ErrorText func(error) string
}

// resolve fills in the defaults and validates.
func (o *Options) resolve() error {
	levels := defaultLevels()
	for event, level := range o.Levels {
		if _, ok := levels[event]; !ok {
			return fmt.Errorf("%w: Levels has the event %q, which does not exist", ErrOptions, event)
		}
		levels[event] = level
	}
	o.Levels = levels
	switch {
	case o.Every == 0:
		o.Every = DefaultEvery
	case o.Every < 0:
		return fmt.Errorf("%w: Every is %v, must not be negative", ErrOptions, o.Every)
	}
	if o.ErrorText == nil {
		// Sprint, since it survives an Error method that panics.
		o.ErrorText = func(err error) string { return fmt.Sprint(err) }
	}
	return nil
}
