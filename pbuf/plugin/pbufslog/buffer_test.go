package pbufslog_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufslog"
)

type (
	entry   = pbuf.Entry[int, string]
	options = pbuf.Options[int, string]
)

// open starts a logged buffer.
func open(t *testing.T, o options) (*pbuf.Map[int, string], *recorder) {
	t.Helper()
	log := newRecorder()
	hooks, err := pbufslog.Hooks(slog.New(log))
	if err != nil {
		t.Fatal(err)
	}
	o.Name, o.Hooks = "seen", hooks
	buf, err := pbuf.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return buf, log
}

func write(t *testing.T, buf *pbuf.Map[int, string], length time.Duration) {
	t.Helper()
	for end := time.Now().Add(length); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		for k := range 200 {
			if err := buf.Put(k, "secret"); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Two outages of a real buffer of eight partitions are four lines, with every policy
// under which failed entries are kept.
func TestTwoOutages(t *testing.T) {
	for _, policy := range []pbuf.RetryPolicy{pbuf.Requeue, pbuf.Replay} {
		t.Run(policy.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var dead atomic.Bool
				buf, log := open(t, options{
					Partitions: 8, FlushInterval: time.Second, Retry: pbuf.Retry{Policy: policy, MaxBackoff: 5 * time.Second},
					Processor: func(context.Context, []entry) error {
						time.Sleep(10 * time.Millisecond)
						if dead.Load() {
							return errors.New("connection refused")
						}
						return nil
					},
				})
				for range 2 {
					write(t, buf, 2*time.Minute)
					dead.Store(true)
					write(t, buf, time.Minute)
					dead.Store(false)
				}
				write(t, buf, 2*time.Minute)
				if err := buf.Close(); err != nil {
					t.Fatal(err)
				}
				want := []string{string(pbufslog.SinkDown), string(pbufslog.Recovered), string(pbufslog.SinkDown), string(pbufslog.Recovered)}
				if got := log.messages(); strings.Join(got, "\n") != strings.Join(want, "\n") {
					t.Fatalf("lines are %q", got)
				}
				for _, l := range log.lines(string(pbufslog.Recovered)) {
					if d := l["duration"].(time.Duration); d < 50*time.Second || d > 70*time.Second {
						t.Errorf("the outage took %v", d)
					}
					if n := l["failed_batches"].(int64); n < 8 {
						t.Errorf("%d batches failed", n)
					}
					if l["error"] != "connection refused" {
						t.Errorf("error is %v", l["error"])
					}
				}
			})
		})
	}
}

// One entry that the sink never takes is one line, and its end another. Where the
// processor does not tell which one it is, its first flush may look like an outage.
func TestPoisonEntryOfBuffer(t *testing.T) {
	for name, named := range map[string]bool{"named": true, "not named": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var healed atomic.Bool
				buf, log := open(t, options{
					Partitions: 1, FlushInterval: time.Second,
					Processor: func(_ context.Context, batch []entry) error {
						for _, e := range batch {
							switch {
							case e.Key != 77 || healed.Load():
							case named:
								return pbuf.Failed(errors.New("no such column"), e)
							default:
								return errors.New("no such column")
							}
						}
						return nil
					},
				})
				write(t, buf, 3*time.Minute)
				healed.Store(true)
				write(t, buf, time.Minute)
				if err := buf.Close(); err != nil {
					t.Fatal(err)
				}
				got := log.messages()
				if len(got) > 3 || named && !slices.Equal(got, []string{string(pbufslog.EntriesFail), string(pbufslog.Recovered)}) {
					t.Errorf("lines are %q", got)
				}
			})
		})
	}
}

// What is given up is logged at once, and not once per batch.
func TestGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		buf, log := open(t, options{
			Partitions: 1, FlushInterval: time.Second, BatchSize: 10,
			Processor: func(context.Context, []entry) error { return pbuf.Permanent(errors.New("no such table")) },
		})
		write(t, buf, 30*time.Second)
		_ = buf.Flush(t.Context())
		if err := buf.Close(); err != nil {
			t.Error(err)
		}
		dropped := log.lines(string(pbufslog.Dropped))
		if len(dropped) != 2 || len(log.messages()) != 2 {
			t.Fatalf("lines are %q", log.messages())
		}
		entries := int64(0)
		for _, l := range dropped {
			entries += l["entries"].(int64)
		}
		if n := buf.Stats().Dropped; uint64(entries) != n {
			t.Errorf("%d entries are logged as dropped, want %d", entries, n)
		}
	})
}

// A processor that panics says so once, with the stack, and is an outage.
func TestPanickingProcessor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		buf, log := open(t, options{
			Partitions: 1, FlushInterval: time.Second,
			Processor: func(context.Context, []entry) error { panic("nil map") },
		})
		write(t, buf, 30*time.Second)
		_ = buf.Close()
		panics := log.lines(string(pbufslog.Panicked))
		if len(panics) == 0 || !strings.Contains(panics[0]["stack"].(string), "TestPanickingProcessor") {
			t.Errorf("lines are %q", log.lines())
		}
		if last := log.messages(); last[len(last)-1] != string(pbufslog.StoppedFailing) {
			t.Errorf("lines are %q", last)
		}
		for _, l := range log.lines() {
			for name, v := range l {
				if text, ok := v.(string); ok && strings.Contains(text, "secret") {
					t.Errorf("%s has a value in it: %q", name, text)
				}
			}
		}
	})
}
