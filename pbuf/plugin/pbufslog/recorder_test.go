package pbufslog_test

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/slogtest"

	"github.com/partitioned-buffer/go/pbuf/plugin/pbufslog"
)

// recorder is a handler that keeps what it gets, as maps.
type recorder struct {
	groups []string
	attrs  []slog.Attr // of the innermost group's place, already nested
	log    *recorded
}

type recorded struct {
	mu      sync.Mutex
	records []map[string]any
}

func newRecorder() *recorder { return &recorder{log: &recorded{}} }

func (r *recorder) Enabled(context.Context, slog.Level) bool { return true }

func (r *recorder) Handle(_ context.Context, record slog.Record) error {
	m := map[string]any{slog.LevelKey: record.Level, slog.MessageKey: record.Message}
	if !record.Time.IsZero() {
		m[slog.TimeKey] = record.Time
	}
	for _, a := range r.attrs {
		put(m, a)
	}
	inner := []slog.Attr{}
	record.Attrs(func(a slog.Attr) bool { inner = append(inner, a); return true })
	put(m, nest(r.groups, inner))
	r.log.mu.Lock()
	defer r.log.mu.Unlock()
	r.log.records = append(r.log.records, m)
	return nil
}

func (r *recorder) WithAttrs(attrs []slog.Attr) slog.Handler {
	c := *r
	c.attrs = append(slices.Clone(r.attrs), nest(r.groups, attrs))
	return &c
}

func (r *recorder) WithGroup(name string) slog.Handler {
	c := *r
	c.groups = append(slices.Clone(r.groups), name)
	return &c
}

// nest puts the attributes into the groups; with none, into one without a name.
func nest(groups []string, attrs []slog.Attr) slog.Attr {
	a := slog.Attr{Value: slog.GroupValue(attrs...)}
	for _, name := range slices.Backward(groups) {
		a = slog.Attr{Value: slog.GroupValue(slog.Attr{Key: name, Value: a.Value})}
	}
	return a
}

func put(m map[string]any, a slog.Attr) {
	v := a.Value.Resolve()
	switch {
	case v.Kind() != slog.KindGroup && a.Key != "":
		m[a.Key] = v.Any()
	case v.Kind() != slog.KindGroup, len(v.Group()) == 0:
	default:
		if a.Key != "" {
			inner, _ := m[a.Key].(map[string]any)
			if inner == nil {
				inner = map[string]any{}
			}
			defer func(outer map[string]any) {
				if len(inner) > 0 {
					outer[a.Key] = inner
				}
			}(m)
			m = inner
		}
		for _, one := range v.Group() {
			put(m, one)
		}
	}
}

// lines returns the records of these events; with none given, all but Flushed.
func (r *recorder) lines(messages ...string) (found []map[string]any) {
	r.log.mu.Lock()
	defer r.log.mu.Unlock()
	for _, m := range r.log.records {
		message := m[slog.MessageKey].(string)
		if slices.Contains(messages, message) || len(messages) == 0 && message != "pbuf: flush" {
			found = append(found, m)
		}
	}
	return found
}

// messages are what lines returns, less the attributes.
func (r *recorder) messages() (found []string) {
	for _, m := range r.lines() {
		found = append(found, m[slog.MessageKey].(string))
	}
	return found
}

func expect(t *testing.T, got []string, want ...pbufslog.Event) {
	t.Helper()
	var texts []string
	for _, w := range want {
		texts = append(texts, string(w))
	}
	if !slices.Equal(got, texts) {
		t.Fatalf("lines are\n%q, want\n%q", got, texts)
	}
}

// The recorder is a right handler: so what the other tests find in it was logged.
func TestRecorder(t *testing.T) {
	var r *recorder
	slogtest.Run(t, func(*testing.T) slog.Handler {
		r = newRecorder()
		return r
	}, func(*testing.T) map[string]any { return r.lines()[0] })
}
