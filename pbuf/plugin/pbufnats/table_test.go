package pbufnats_test

import (
	"context"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufnats"
)

type (
	buffer  = pbuf.Map[string, string]
	entry   = pbuf.Entry[string, string]
	options = pbuf.Options[string, string]
	config  = pbufnats.Config[string, string]
	change  = pbufnats.Change[string, string]
)

// table is a sink where the newer version wins. Its marks of deleted rows stay.
type table struct {
	mu      sync.Mutex
	rows    map[string]entry
	refused int           // rows that were there in a newer version, or in the same
	fail    error         // what process returns while it is set, instead of writing
	failed  chan struct{} // one place: a call failed
	block   chan struct{} // process waits until it is closed; nil: it does not
}

func newTable() *table {
	return &table{rows: map[string]entry{}, failed: make(chan struct{}, 1)}
}

func (t *table) process(ctx context.Context, batch []entry) error {
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
		select {
		case t.failed <- struct{}{}:
		default:
		}
		return t.fail
	}
	for _, e := range batch {
		if old, ok := t.rows[e.Key]; ok && old.Version >= e.Version {
			t.refused++
			continue
		}
		t.rows[e.Key] = e
	}
	return nil
}

func (t *table) failing(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fail = err
}

func (t *table) values() map[string]string {
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

func (t *table) compare(tb testing.TB, want map[string]string) {
	tb.Helper()
	if got := t.values(); !maps.Equal(got, want) {
		tb.Errorf("the table is %v, the log says %v", got, want)
	}
}

const interval = 20 * time.Millisecond

// newBuffer makes a buffer in front of the table.
func newBuffer(tb testing.TB, t *table, with func(*options)) *buffer {
	tb.Helper()
	o := options{Partitions: 2, FlushInterval: interval, Processor: t.process, Tombstones: true}
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

// decode takes the key from the subject; no value deletes it.
func decode(m jetstream.Msg) (change, error) {
	return change{
		Key: strings.TrimPrefix(m.Subject(), "log."), Value: string(m.Data()), Deleted: len(m.Data()) == 0,
	}, nil
}

// worker is a Consumer that runs.
type worker struct {
	*pbufnats.Consumer[string, string]
	tb    testing.TB
	leave context.CancelFunc
	ended chan error
}

func run(tb testing.TB, c config) *worker {
	tb.Helper()
	if c.Decode == nil {
		c.Decode = decode
	}
	if c.MaxWait == 0 {
		c.MaxWait = 20 * time.Millisecond
	}
	if c.NakDelay == 0 {
		c.NakDelay = 10 * time.Millisecond
	}
	consumer, err := pbufnats.New(tb.Context(), c)
	if err != nil {
		tb.Fatal(err)
	}
	ctx, leave := context.WithCancel(context.Background())
	w := &worker{Consumer: consumer, tb: tb, leave: leave, ended: make(chan error, 1)}
	go func() { w.ended <- consumer.Run(ctx) }()
	tb.Cleanup(leave)
	return w
}

// stop has it leave and returns what Run returned.
func (w *worker) stop() error {
	w.tb.Helper()
	w.leave()
	return w.wait()
}

func (w *worker) wait() error {
	w.tb.Helper()
	select {
	case err := <-w.ended:
		return err
	case <-time.After(patience):
		w.tb.Fatal("Run does not return")
		return nil
	}
}
