package pbuf_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"github.com/partitioned-buffer/go/pbuf"
)

// A batch that fails, in whatever way, takes no other with it: not of its
// generation, not of the next one, not of another partition.
func TestFailuresHarmNoOtherBatch(t *testing.T) {
	for name, fail := range map[string]func() error{
		"error":       func() error { return errSink },
		"panic":       func() error { panic(errSink) },
		"nil panic":   func() error { panic(nil) },
		"nil pointer": func() error { var m *pbuf.Map[string, int]; _ = m.Size(); return nil },
		"Goexit":      func() error { goexit(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var r recorder[uint64, int]
				opts := everyPartition(nil)
				opts.BatchSize = 1
				opts.Processor = func(ctx context.Context, batch []pbuf.Entry[uint64, int]) error {
					if batch[0].Value < 0 {
						return fail()
					}
					return r.process(ctx, batch)
				}
				dropFailures(&opts)
				m := start(t, opts)
				for generation := range 3 {
					for k := range uint64(15) {
						value := 1
						if k == 3 || k == 4 || k == 6 || k == 13 { // in partitions 0, 1, 0 and 1
							value = -1
						}
						must(t, m.Put(k, value))
					}
					var failure *pbuf.FlushError
					if err := m.Flush(t.Context()); !errors.As(err, &failure) || failure.Failed != 4 {
						t.Errorf("Flush = %v, want 4 entries failed", err)
					}
					if got := len(r.entries()); got != 11*(generation+1) {
						t.Errorf("%d entries delivered after generation %d, want %d", got, generation, 11*(generation+1))
					}
				}
				must(t, m.Close())
				want := pbuf.PartitionStats{Flushes: 9, Generations: 9, Inserted: 45, Batches: 45, Accepted: 45, Delivered: 33, Failed: 12, Dropped: 12}
				if diff := cmp.Diff(want, timeless(counts(m.Stats().PartitionStats))); diff != "" {
					t.Errorf("Stats (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// timeless drops what depends on the clock.
func timeless(s pbuf.PartitionStats) pbuf.PartitionStats {
	s.LastDuration, s.WorstDuration = 0, 0
	return s
}

// What Flush says about a processor that panicked leads to the place.
func TestPanicErrors(t *testing.T) {
	for _, test := range []struct {
		name  string
		value any
		text  string
	}{
		{"of an error", errSink, "sink is down"},
		{"of a string", "no luck", "no luck"},
		{"of a number", 42, "42"},
	} {
		t.Run(test.name, func(t *testing.T) {
			opts := options{
				Partitions: 1, FlushInterval: never,
				Processor: func(context.Context, []entry) error { panicInside(test.value); return nil },
			}
			dropFailures(&opts)
			m := start(t, opts)
			must(t, m.Put("k", 1))
			err := m.Flush(t.Context())
			var p *pbuf.PanicError
			if !errors.As(err, &p) {
				t.Fatalf("Flush = %v, want a *PanicError inside", err)
			}
			if p.Value != test.value || !strings.Contains(p.Error(), test.text) {
				t.Errorf("PanicError %v of %v, want %v", p, p.Value, test.value)
			}
			if !strings.Contains(string(p.Stack), "panicInside") {
				t.Errorf("the stack does not lead to the panic:\n%s", p.Stack)
			}
			if wrapped, ok := test.value.(error); ok && !errors.Is(err, wrapped) {
				t.Errorf("Flush = %v does not wrap %v", err, wrapped)
			}
		})
	}
}

//go:noinline
func panicInside(value any) { panic(value) }

// A TableProcessor fails as a whole.
func TestFailingTables(t *testing.T) {
	for name, fail := range map[string]func() error{
		"error":  func() error { return errSink },
		"panic":  func() error { panic(errSink) },
		"Goexit": func() error { goexit(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				opts := options{
					Partitions: 1, FlushInterval: never,
					TableProcessor: func(context.Context, *pbuf.Table[string, int]) error {
						if calls++; calls == 1 {
							return fail()
						}
						return nil
					},
				}
				dropFailures(&opts)
				m := start(t, opts)
				_, err := m.PutAll(pairs("a", "b", "c"))
				must(t, err)
				var failure *pbuf.FlushError
				if err := m.Flush(t.Context()); !errors.As(err, &failure) || failure.Failed != 3 {
					t.Errorf("Flush = %v, want 3 entries failed", err)
				}
				must(t, m.Put("a", 2))
				flush(t, m)
				if calls != 2 {
					t.Errorf("%d calls, want one for each generation", calls)
				}
			})
		})
	}
}

// A processor that ends its goroutine while Stop drains: the rest is delivered.
func TestGoexitDuringStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := start(t, failingOptions())
		_, err := m.PutAll(pairs("fine", "goexit", "fine too"))
		must(t, err)
		wantError(t, "Close", m.Close(), pbuf.ErrGoexit, "1 entries")
		if s := m.Stats(); s.Delivered != 2 || s.Undelivered != 1 {
			t.Errorf("Stats = %+v, want 2 delivered", s)
		}
	})
}
