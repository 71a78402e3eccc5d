package pbuf_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/partitioned-buffer/go/pbuf"
)

func TestSettingsOutOfRange(t *testing.T) {
	table := func(context.Context, *pbuf.Table[int, int]) error { return nil }
	for _, test := range []struct {
		name  string
		table bool
		spoil func(*pbuf.Settings)
		words []string
	}{
		{"zero interval", false, func(s *pbuf.Settings) { s.FlushInterval = 0 }, []string{"FlushInterval", "0s"}},
		{"negative interval", false, func(s *pbuf.Settings) { s.FlushInterval = -time.Second }, []string{"FlushInterval", "-1s"}},
		{"zero timeout", false, func(s *pbuf.Settings) { s.ProcessorTimeout = 0 }, []string{"ProcessorTimeout", "0s"}},
		{"a number as interval", false, func(s *pbuf.Settings) { s.FlushInterval = 5 }, []string{"FlushInterval is 5ns", "5 * time.Millisecond"}},
		{"negative timeout", false, func(s *pbuf.Settings) { s.ProcessorTimeout = -time.Second }, []string{"ProcessorTimeout", "-1s"}},
		{"zero batch size", false, func(s *pbuf.Settings) { s.BatchSize = 0 }, []string{"BatchSize", "0"}},
		{"negative batch size", false, func(s *pbuf.Settings) { s.BatchSize = -7 }, []string{"BatchSize", "-7"}},
		{"batch size of tables", true, func(s *pbuf.Settings) { s.BatchSize = 7 }, []string{"BatchSize", "7", "TableProcessor"}},
		{"threshold never reached", false, func(s *pbuf.Settings) { s.FlushThreshold = 11 }, []string{"FlushThreshold is 11", "Capacity is 10"}},
		{"negative threshold", false, func(s *pbuf.Settings) { s.FlushThreshold = -7 }, []string{"FlushThreshold", "-7"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			opts := pbuf.Options[int, int]{Partitions: 1, FlushInterval: never, FlushThreshold: 2, Capacity: 10, Processor: discard[int, int]}
			if test.table {
				opts.Processor, opts.TableProcessor = nil, table
			}
			m := start(t, opts)
			before := m.Settings()
			err := m.UpdateSettings(func(s *pbuf.Settings) {
				s.FlushThreshold = 9
				test.spoil(s)
			})
			wantError(t, "UpdateSettings", err, pbuf.ErrOptions, test.words...)
			if diff := cmp.Diff(before, m.Settings()); diff != "" {
				t.Errorf("a refused update changes Settings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUpdateChangesWhatIsNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type call struct {
			entries int
			timeout time.Duration
		}
		calls := make(chan call, 10)
		m := start(t, pbuf.Options[int, int]{
			Partitions: 1, FlushInterval: never, ProcessorTimeout: time.Second, BatchSize: 2,
			Processor: func(ctx context.Context, batch []pbuf.Entry[int, int]) error {
				deadline, _ := ctx.Deadline()
				calls <- call{len(batch), time.Until(deadline)}
				return nil
			},
		})
		for _, step := range []struct {
			name   string
			change func(*pbuf.Settings)
			want   call
		}{
			{"nothing", func(*pbuf.Settings) {}, call{2, time.Second}},
			{"batch size", func(s *pbuf.Settings) { s.BatchSize++ }, call{3, time.Second}},
			{"timeout", func(s *pbuf.Settings) { s.ProcessorTimeout *= 60 }, call{3, time.Minute}},
			{"interval", func(s *pbuf.Settings) { s.FlushInterval = time.Hour }, call{3, time.Minute}},
		} {
			want := m.Settings()
			step.change(&want)
			must(t, m.UpdateSettings(step.change))
			if diff := cmp.Diff(want, m.Settings()); diff != "" {
				t.Errorf("%s: Settings (-want +got):\n%s", step.name, diff)
			}
			for k := range 4 {
				must(t, m.Put(k, 0))
			}
			flush(t, m)
			if got := <-calls; got != step.want {
				t.Errorf("%s: call %+v, want %+v", step.name, got, step.want)
			}
			for len(calls) > 0 {
				<-calls
			}
		}
	})
}

// The change runs with nothing held: it may call the Map, panic, end its goroutine,
// take its time, and keep its argument.
func TestChangeOfSettingsIsAGuest(t *testing.T) {
	m := start(t, pbuf.Options[int, int]{Partitions: 1, FlushInterval: never, Processor: discard[int, int]})
	before := m.Settings()
	t.Run("panic", func(t *testing.T) {
		defer func() {
			if v := recover(); v != errSink {
				t.Errorf("recovered %v, want the change's own panic", v)
			}
		}()
		_ = m.UpdateSettings(func(s *pbuf.Settings) {
			s.BatchSize = 1
			panic(errSink)
		})
	})
	t.Run("goexit", func(*testing.T) {
		done := make(chan struct{})
		go func() {
			defer close(done)
			_ = m.UpdateSettings(func(s *pbuf.Settings) {
				s.BatchSize = 1
				goexit()
			})
		}()
		<-done
	})
	if s := m.Settings(); s != before {
		t.Errorf("Settings = %+v, want %+v as before", s, before)
	}
	t.Run("calls the Map", func(t *testing.T) {
		var kept *pbuf.Settings
		runs := 0
		must(t, m.UpdateSettings(func(s *pbuf.Settings) {
			kept = s
			must(t, m.Put(1, 1))
			flush(t, m)
			if runs++; runs == 1 { // another update comes between
				done := make(chan error)
				go func() { done <- m.UpdateSettings(func(s *pbuf.Settings) { s.FlushThreshold = 77 }) }()
				must(t, <-done)
			}
			s.BatchSize = 5
		}))
		*kept = pbuf.Settings{}
		want := before
		want.BatchSize, want.FlushThreshold = 5, 77
		if s := m.Settings(); s != want || runs != 2 {
			t.Errorf("after %d runs: Settings = %+v, want 2 and %+v", runs, s, want)
		}
	})
	t.Run("nil", func(t *testing.T) {
		wantError(t, "UpdateSettings", m.UpdateSettings(nil), pbuf.ErrArgument, "UpdateSettings", "function")
	})
	t.Run("Stop comes between", func(t *testing.T) {
		want := m.Settings()
		err := m.UpdateSettings(func(s *pbuf.Settings) {
			must(t, m.Close())
			s.BatchSize = 1
		})
		wantError(t, "UpdateSettings", err, pbuf.ErrClosed)
		if s := m.Settings(); s != want {
			t.Errorf("Settings = %+v, want %+v", s, want)
		}
	})
}

// A shorter interval does not wait for the longer one to end, on any partition.
func TestShorterIntervalTakesEffectAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const partitions = 4
		drained := make(chan time.Time, partitions)
		m := start(t, pbuf.Options[uint64, int]{
			Partitions: partitions, FlushInterval: 1000 * time.Hour,
			PartitionBy: func(k uint64) uint64 { return k },
			Processor: func(context.Context, []pbuf.Entry[uint64, int]) error {
				drained <- time.Now()
				return nil
			},
		})
		fill := func() {
			for p := range uint64(partitions) {
				must(t, m.Put(p, 0))
			}
		}
		fill()
		flush(t, m) // from here on all intervals count from now
		for range partitions {
			<-drained
		}
		began := time.Now()
		fill()
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if len(drained) > 0 {
			t.Fatalf("%d partitions drained after 10 minutes of 1000 hours", len(drained))
		}
		must(t, m.UpdateSettings(func(s *pbuf.Settings) { s.FlushInterval = 15 * time.Minute }))
		for range partitions {
			if at := (<-drained).Sub(began); at != 15*time.Minute {
				t.Errorf("drained after %v, want 15m after the last one", at)
			}
		}
		// An interval that is over already is due now.
		fill()
		time.Sleep(10 * time.Minute)
		must(t, m.UpdateSettings(func(s *pbuf.Settings) { s.FlushInterval = time.Minute }))
		synctest.Wait()
		if len(drained) != partitions {
			t.Errorf("%d partitions drained at once, want %d", len(drained), partitions)
		}
	})
}

func TestLongerIntervalTakesEffectAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r recorder[string, int]
		m := start(t, options{Partitions: 1, FlushInterval: time.Minute, Processor: r.process})
		must(t, m.Put("k", 1))
		flush(t, m)
		must(t, m.Put("k", 2))
		must(t, m.UpdateSettings(func(s *pbuf.Settings) { s.FlushInterval = time.Hour }))
		time.Sleep(59 * time.Minute)
		synctest.Wait()
		if r.calls() != 1 {
			t.Errorf("%d drains, want the old minute to be forgotten", r.calls())
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if diff := cmp.Diff([]entry{{Key: "k", Value: 1}, {Key: "k", Value: 2}}, r.entries()); diff != "" {
			t.Errorf("delivered (-want +got):\n%s", diff)
		}
	})
}

// No update undoes another: each of these adds one.
func TestUpdateSettingsConcurrentSafe(t *testing.T) {
	const updaters, updates = 8, 50
	m := start(t, pbuf.Options[int, int]{Partitions: 2, FlushInterval: time.Hour, BatchSize: 1, Processor: discard[int, int]})
	want := m.Settings()
	var wg sync.WaitGroup
	for i := range updaters {
		wg.Go(func() {
			for k := range updates {
				must(t, m.UpdateSettings(func(s *pbuf.Settings) {
					s.BatchSize++
					s.FlushThreshold++
				}))
				must(t, m.Put(i*updates+k, 0))
				if s := m.Settings(); s.BatchSize != s.FlushThreshold+1 {
					t.Errorf("Settings = %+v, half of an update", s)
				}
			}
		})
	}
	wg.Wait()
	want.BatchSize += updaters * updates
	want.FlushThreshold += updaters * updates
	if s := m.Settings(); s != want {
		t.Errorf("Settings = %+v, want %+v", s, want)
	}
}
