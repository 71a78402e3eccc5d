package pbuf_test

import (
	"context"
	"math"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/partitioned-buffer/go/pbuf"
)

func TestOptionsOutOfRange(t *testing.T) {
	keep := func(context.Context, *pbuf.Table[string, int]) error { return nil }
	for _, test := range []struct {
		name  string
		opts  options
		words []string
	}{
		{"no processor", options{}, []string{"Processor", "TableProcessor", "both nil"}},
		{"both processors", options{Processor: discard[string, int], TableProcessor: keep}, []string{"Processor", "TableProcessor", "both set"}},
		{"a name that is not UTF-8", options{Processor: discard[string, int], Name: "a\xffb"}, []string{"Name", `"a\xffb"`, "UTF-8"}},
		{"negative partitions", options{Processor: discard[string, int], Partitions: -1}, []string{"Partitions", "-1"}},
		{"too many partitions", options{Processor: discard[string, int], Partitions: 65537}, []string{"Partitions", "65537", "65536"}},
		{"negative interval", options{Processor: discard[string, int], FlushInterval: -time.Second}, []string{"FlushInterval", "-1s"}},
		{"an interval below the least", options{Processor: discard[string, int], FlushInterval: 100*time.Microsecond - 1}, []string{"FlushInterval", "99.999µs", "100µs"}},
		{"a timeout without its unit", options{Processor: discard[string, int], ProcessorTimeout: 30}, []string{"ProcessorTimeout is 30ns", "did you mean 30 * time.Second?"}},
		{"threshold beyond capacity", options{Processor: discard[string, int], FlushThreshold: 101, Capacity: 100}, []string{"FlushThreshold is 101", "Capacity is 100"}},
		{"policy of a buffer never full", options{Processor: discard[string, int], OnFull: pbuf.DropOldest}, []string{"OnFull is DropOldest", "Capacity"}},
		{"unknown policy", options{Processor: discard[string, int], Capacity: 1, OnFull: 9}, []string{"OnFull is pbuf.FullPolicy(9)", "DropNewest"}},
		{"least negative interval", options{Processor: discard[string, int], FlushInterval: -1}, []string{"FlushInterval", "-1ns"}},
		{"negative timeout", options{Processor: discard[string, int], ProcessorTimeout: -time.Minute}, []string{"ProcessorTimeout", "-1m0s"}},
		{"negative batch size", options{Processor: discard[string, int], BatchSize: -3}, []string{"BatchSize", "-3"}},
		{"batch size of tables", options{TableProcessor: keep, BatchSize: 512}, []string{"BatchSize", "512", "TableProcessor"}},
		{"negative batch size of tables", options{TableProcessor: keep, BatchSize: -3}, []string{"BatchSize", "-3", "TableProcessor"}},
		{"negative threshold", options{Processor: discard[string, int], FlushThreshold: -2}, []string{"FlushThreshold", "-2"}},
		{"lowest threshold", options{Processor: discard[string, int], FlushThreshold: math.MinInt}, []string{"FlushThreshold"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, err := pbuf.New(test.opts)
			if m != nil {
				t.Error("New returns a Map beside the error")
			}
			wantError(t, "New", err, pbuf.ErrOptions, test.words...)
		})
	}
}

func TestOptionsAtTheEdgeOfTheirRange(t *testing.T) {
	for name, opts := range map[string]options{
		"least":    {Processor: discard[string, int], Partitions: 1, FlushInterval: 100 * time.Microsecond, ProcessorTimeout: 100 * time.Microsecond, BatchSize: 1, FlushThreshold: 1},
		"greatest": {Processor: discard[string, int], FlushInterval: math.MaxInt64, ProcessorTimeout: math.MaxInt64, BatchSize: math.MaxInt, FlushThreshold: math.MaxInt},
	} {
		t.Run(name, func(t *testing.T) {
			var r recorder[string, int]
			opts.Processor = r.process
			m := start(t, opts)
			must(t, m.Put("k", 1))
			flush(t, m)
			if diff := cmp.Diff([]entry{{Key: "k", Value: 1}}, r.entries()); diff != "" {
				t.Errorf("delivered (-want +got):\n%s", diff)
			}
		})
	}
}

// Every default, by what it does.
func TestDefaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type call struct {
			entries int
			timeout time.Duration
			at      time.Time
		}
		calls := make(chan call, 100)
		m := start(t, pbuf.Options[int, int]{
			Processor: func(ctx context.Context, batch []pbuf.Entry[int, int]) error {
				deadline, _ := ctx.Deadline()
				calls <- call{len(batch), time.Until(deadline), time.Now()}
				return nil
			},
			PartitionBy: func(int) uint64 { return 0 },
		})
		if s := m.Stats(); s.Name != "pbuf" || len(s.Partitions) != runtime.GOMAXPROCS(0) {
			t.Errorf("name %q and %d partitions, want \"pbuf\" and GOMAXPROCS (%d)", s.Name, len(s.Partitions), runtime.GOMAXPROCS(0))
		}
		began := time.Now()
		for k := range 513 {
			must(t, m.Put(k, 0)) // no threshold: nothing happens before the tick
		}
		first, second := <-calls, <-calls
		if first.entries != 512 || second.entries != 1 {
			t.Errorf("batches of %d and %d, want 512 and 1", first.entries, second.entries)
		}
		if first.timeout != time.Minute {
			t.Errorf("timeout %v, want 1m", first.timeout)
		}
		if wait := first.at.Sub(began); wait <= 0 || wait > 5*time.Second {
			t.Errorf("first tick after %v, want at most 5s", wait)
		}
		must(t, m.Put(0, 0))
		if gap := (<-calls).at.Sub(first.at); gap != 5*time.Second {
			t.Errorf("next tick after %v, want 5s", gap)
		}
	})
}

func TestBatchSize(t *testing.T) {
	for batch, want := range map[int][]int{1: {1, 1, 1, 1, 1}, 2: {2, 2, 1}, 4: {4, 1}, 5: {5}, 6: {5}} {
		var r recorder[int, int]
		m := start(t, pbuf.Options[int, int]{Partitions: 1, FlushInterval: never, BatchSize: batch, Processor: r.process})
		for k := range 5 {
			must(t, m.Put(k, 0))
		}
		flush(t, m)
		var got []int
		for _, b := range r.batches {
			got = append(got, len(b))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("BatchSize %d: batches (-want +got):\n%s", batch, diff)
		}
	}
}

// A batch's context ends with the timeout, and the buffer waits for a processor
// that does not look at it.
func TestProcessorTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		opts := options{
			Partitions: 1, FlushInterval: never, ProcessorTimeout: 3 * time.Second,
			Processor: func(ctx context.Context, _ []entry) error {
				began := time.Now()
				<-ctx.Done()
				if d := time.Since(began); d != 3*time.Second {
					t.Errorf("the context ended after %v, want 3s", d)
				}
				time.Sleep(time.Hour)
				return ctx.Err()
			},
		}
		dropFailures(&opts)
		m := start(t, opts)
		must(t, m.Put("k", 1))
		began := time.Now()
		wantError(t, "Flush", m.Flush(t.Context()), context.DeadlineExceeded, "1 entries")
		if d := time.Since(began); d != time.Hour+3*time.Second {
			t.Errorf("Flush took %v, want as long as the processor", d)
		}
	})
}
