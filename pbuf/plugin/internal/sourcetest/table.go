// Package sourcetest is what the tests of the plugins that feed a buffer have in
// common: the table behind it. It knows no broker.
package sourcetest

import (
	"context"
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// What the buffers hold: a text by name.
type (
	Buffer  = pbuf.Map[string, string]
	Entry   = pbuf.Entry[string, string]
	Options = pbuf.Options[string, string]
)

// Table is a sink where the newer version wins. Its marks of deleted rows stay.
type Table struct {
	mu      sync.Mutex
	rows    map[string]Entry
	history []Entry       // what it took, in that order
	fail    error         // what Process returns while it is set, instead of writing
	block   chan struct{} // Process waits until it is closed; nil: it does not
}

// NewTable makes an empty one.
func NewTable() *Table { return &Table{rows: map[string]Entry{}} }

// Process is a pbuf.Processor.
func (t *Table) Process(ctx context.Context, batch []Entry) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if block := t.block; block != nil {
		t.mu.Unlock()
		select {
		case <-block:
		case <-ctx.Done():
		}
		t.mu.Lock()
	}
	if t.fail != nil {
		return t.fail
	}
	for _, e := range batch {
		if old, ok := t.rows[e.Key]; !ok || old.Version < e.Version {
			t.rows[e.Key] = e
			t.history = append(t.history, e)
		}
	}
	return nil
}

// Fail has Process fail with err from now on; nil: no longer.
func (t *Table) Fail(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fail = err
}

// Block has Process wait until the channel is closed.
func (t *Table) Block() chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.block = make(chan struct{})
	return t.block
}

// History is what it took until now, in that order.
func (t *Table) History() []Entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.history[:len(t.history):len(t.history)]
}

func (t *Table) values() map[string]string {
	t.mu.Lock()
	defer t.mu.Unlock()
	values := map[string]string{}
	for key, e := range t.rows {
		if !e.Deleted {
			values[key] = e.Value
		}
	}
	return values
}

// Compare wants the rows to be these.
func (t *Table) Compare(tb testing.TB, want map[string]string) {
	tb.Helper()
	if got := t.values(); !maps.Equal(got, want) {
		tb.Errorf("the table is %v, the log says %v", got, want)
	}
}

// NewBuffer makes a buffer in front of the table, which flushes every 20 ms; with
// changes its options.
func NewBuffer(tb testing.TB, t *Table, with func(*Options)) *Buffer {
	tb.Helper()
	o := Options{Partitions: 2, FlushInterval: 20 * time.Millisecond, Processor: t.Process, Tombstones: true}
	o.Retry.InitialBackoff, o.Retry.MaxBackoff = 5*time.Millisecond, 20*time.Millisecond
	if with != nil {
		with(&o)
	}
	m, err := pbuf.New(o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = m.Close() })
	return m
}
