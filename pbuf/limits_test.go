package pbuf_test

import (
	"context"
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

const (
	longest = time.Duration(math.MaxInt64)
	year    = 365 * 24 * time.Hour
)

// flaky fails its first calls, each after that time, and ignores its context. It
// ends a storm of calls.
type flaky struct {
	failures int
	takes    time.Duration
	calls    []time.Time
}

func (f *flaky) process(context.Context, []entry) error {
	f.calls = append(f.calls, time.Now())
	if len(f.calls) > 1000 {
		return pbuf.Permanent(errSink)
	}
	time.Sleep(f.takes)
	if len(f.calls) <= f.failures {
		return errSink
	}
	return nil
}

// At the limits of every duration nothing overflows: no call comes too early, none
// is taken for stuck, and what waits still answers to Flush.
func TestLimitsOfDurations(t *testing.T) {
	for _, test := range []struct {
		name  string
		opts  options
		sink  flaky
		calls int // in two hours: in a year, one first tick in 292 would come
	}{
		{"FlushInterval", options{FlushInterval: longest}, flaky{}, 0},
		{"ProcessorTimeout", options{FlushInterval: time.Second, ProcessorTimeout: longest}, flaky{takes: 2 * year}, 1},
		{"ProcessorTimeout and AbandonStuck", options{FlushInterval: time.Second, ProcessorTimeout: longest, AbandonStuck: true}, flaky{takes: 2 * year}, 1},
		{"InitialBackoff", options{FlushInterval: time.Hour, Retry: pbuf.Retry{InitialBackoff: longest}}, flaky{failures: 1}, 1},
		{"InitialBackoff and MaxAttempts", options{FlushInterval: time.Hour, Retry: pbuf.Retry{InitialBackoff: longest, MaxAttempts: 127}}, flaky{failures: 1}, 1},
		{"both backoffs", options{FlushInterval: time.Hour, Retry: pbuf.Retry{InitialBackoff: longest - 1, MaxBackoff: longest}}, flaky{failures: 1}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				opts, sink := test.opts, test.sink
				opts.Partitions, opts.Processor = 1, sink.process
				m := start(t, opts)
				must(t, m.Put("k", 1))
				time.Sleep(2 * time.Hour)
				synctest.Wait()
				if len(sink.calls) != test.calls {
					t.Fatalf("%d calls in two hours, want %d", len(sink.calls), test.calls)
				}
				if s := m.Stats(); s.Stuck != 0 {
					t.Errorf("%d calls are stuck", s.Stuck)
				}
				flush(t, m)
				if s := m.Stats(); s.Delivered != 1 || s.Size+s.InFlight > 0 {
					t.Errorf("after a Flush: Stats = %+v, want 1 delivered", s.PartitionStats)
				}
			})
		})
	}
}

// However often a delivery fails, the wait for the next is no shorter.
func TestLimitsOfBackoff(t *testing.T) {
	for name, retry := range map[string]pbuf.Retry{
		"as long as can be":    {InitialBackoff: longest},
		"doubled for ever":     {InitialBackoff: time.Hour, MaxBackoff: longest},
		"doubled for ever, 2":  {InitialBackoff: time.Hour + 1, MaxBackoff: longest - 1},
		"with the last number": {InitialBackoff: time.Hour, MaxBackoff: longest, MaxAttempts: 127},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sink := flaky{failures: math.MaxInt}
				m := start(t, options{Partitions: 1, FlushInterval: time.Second, Processor: sink.process, Retry: retry})
				must(t, m.Put("k", 1))
				for range 100 {
					wantError(t, "Flush", m.Flush(t.Context()), errSink)
					before := len(sink.calls)
					time.Sleep(time.Hour / 2) // less than any wait, whatever the jitter
					synctest.Wait()
					if n := len(sink.calls) - before; n > 0 {
						t.Fatalf("%d calls within half an hour after %d failed", n, before)
					}
				}
			})
		})
	}
}

// At the limits of every number the buffer works as it does elsewhere.
func TestLimitsOfNumbers(t *testing.T) {
	most := int(min(1<<48, uint64(math.MaxInt)))
	for name, opts := range map[string]options{
		"BatchSize":           {BatchSize: math.MaxInt},
		"BatchSize, attempts": {BatchSize: math.MaxInt, Retry: pbuf.Retry{MaxAttempts: 127}},
		"FlushThreshold":      {FlushThreshold: math.MaxInt},
		"VersionMemory":       {VersionMemory: math.MaxInt},
		"Capacity":            {Capacity: most, OnFull: pbuf.DropOldest},
		"MaxBytes":            {MaxBytes: most, OnFull: pbuf.DropNewest, SizeOf: func(string, int) int { return most / 2 }},
		"all": {
			BatchSize: math.MaxInt, FlushThreshold: most, VersionMemory: math.MaxInt, Capacity: most, OnFull: pbuf.DropOldest,
			MaxBytes: most, SizeOf: func(string, int) int { return most / 2 }, Retry: pbuf.Retry{MaxAttempts: 127},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var r recorder[string, int]
			failed := false
			opts.Partitions, opts.FlushInterval = 1, never
			opts.Processor = func(ctx context.Context, batch []entry) error {
				if !failed {
					failed = true
					return errSink
				}
				return r.process(ctx, batch)
			}
			m := start(t, opts)
			for i := range 3 {
				for _, k := range []string{"a", "b"} {
					if ok, err := m.PutNewer(k, i, int64(i+1)); !ok || err != nil {
						t.Fatalf("PutNewer = %v, %v", ok, err)
					}
				}
			}
			wantError(t, "Flush", m.Flush(t.Context()), errSink)
			if deleted, err := m.Delete("a"); !deleted || err != nil {
				t.Fatalf("Delete = %v, %v", deleted, err)
			}
			must(t, m.Close())
			if got := r.entries(); len(got) != 1 || got[0].Key != "b" || got[0].Value != 2 || got[0].Attempts != 1 {
				t.Errorf("delivered %+v, want b = 2 at its second attempt", got)
			}
			if s := m.Stats(); s.Balance() != 0 || s.Bytes != 0 {
				t.Errorf("Stats = %+v, want a balance of 0 and no bytes", s.PartitionStats)
			}
		})
	}
	for name, opts := range map[string]options{
		"Partitions": {Partitions: 1<<16 + 1},
		"Attempts":   {Retry: pbuf.Retry{MaxAttempts: 128}},
	} {
		opts.Processor = discard[string, int]
		if m, err := pbuf.New(opts); m != nil || !errors.Is(err, pbuf.ErrOptions) {
			t.Errorf("%s above its limit: %v", name, err)
		}
	}
}
