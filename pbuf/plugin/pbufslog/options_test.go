package pbufslog_test

import (
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufslog"
)

func TestOptions(t *testing.T) {
	logger := slog.New(slog.DiscardHandler)
	for name, c := range map[string]struct {
		logger  *slog.Logger
		options pbufslog.Options
		says    string
	}{
		"no logger":        {nil, pbufslog.Options{}, "logger is nil"},
		"no handler":       {&slog.Logger{}, pbufslog.Options{}, "logger has no handler"},
		"negative Every":   {logger, pbufslog.Options{Every: -1}, "Every is -1ns"},
		"no such event":    {logger, pbufslog.Options{Levels: map[pbufslog.Event]slog.Level{"x": 0}}, `event "x"`},
		"nothing is wrong": {logger, pbufslog.Options{Levels: map[pbufslog.Event]slog.Level{pbufslog.Full: 12}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.options.Hooks(c.logger)
			switch {
			case c.says == "" && err != nil:
				t.Error(err)
			case c.says != "" && (!errors.Is(err, pbufslog.ErrOptions) || !strings.Contains(err.Error(), c.says)):
				t.Errorf("error is %v, want one that says %q", err, c.says)
			}
		})
	}
}

func TestLevels(t *testing.T) {
	d := newDriver(t, pbufslog.Options{Levels: map[pbufslog.Event]slog.Level{pbufslog.Full: slog.LevelError}})
	d.Full(partition(0))
	if l := d.log.lines()[0]; l["level"] != slog.LevelError {
		t.Errorf("the line is %v", l)
	}
}

type badError struct{}

func (*badError) Error() string { panic("in Error") }

// An error's text may be replaced or left out, and its method may panic.
func TestErrorText(t *testing.T) {
	secret := errors.New("duplicate key (mail)=(ann@example.org)")
	for name, c := range map[string]struct {
		text func(error) string
		err  error
		want any
	}{
		"its own":   {nil, secret, secret.Error()},
		"replaced":  {func(error) string { return "some error" }, secret, "some error"},
		"left out":  {func(error) string { return "" }, secret, nil},
		"panics":    {nil, &badError{}, "%!v(PANIC=Error method: in Error)"},
		"typed nil": {nil, (*badError)(nil), "<nil>"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDriver(t, pbufslog.Options{ErrorText: c.text})
			d.Dropped(pbuf.BatchInfo{Entries: 1, Err: c.err})
			if got := d.log.lines()[0]["error"]; got != c.want {
				t.Errorf("error is %v, want %v", got, c.want)
			}
		})
	}
}

// The logger's attributes and groups are there, around these here.
func TestLoggerWith(t *testing.T) {
	log := newRecorder()
	hooks, err := pbufslog.Hooks(slog.New(log).With("service", "api").WithGroup("buffer"))
	if err != nil {
		t.Fatal(err)
	}
	hooks.Full(partition(0))
	l := log.lines()[0]
	if group, ok := l["buffer"].(map[string]any); !ok || group["buffer"] != "seen" || l["service"] != "api" {
		t.Errorf("the line is %v", l)
	}
}
