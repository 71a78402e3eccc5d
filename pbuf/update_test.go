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

func TestChangesOutOfRange(t *testing.T) {
	for _, test := range []struct {
		name   string
		change pbuf.Change
		words  []string
	}{
		{"zero interval", pbuf.WithFlushInterval(0), []string{"FlushInterval", "0s"}},
		{"negative interval", pbuf.WithFlushInterval(-time.Second), []string{"FlushInterval", "-1s"}},
		{"zero timeout", pbuf.WithProcessorTimeout(0), []string{"ProcessorTimeout", "0s"}},
		{"negative timeout", pbuf.WithProcessorTimeout(-time.Second), []string{"ProcessorTimeout", "-1s"}},
		{"zero batch size", pbuf.WithBatchSize(0), []string{"BatchSize", "0"}},
		{"negative batch size", pbuf.WithBatchSize(-7), []string{"BatchSize", "-7"}},
		{"negative threshold", pbuf.WithFlushThreshold(-7), []string{"FlushThreshold", "-7"}},
		{"unknown change", pbuf.Change{}, []string{"change 1", "zero Change"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var r recorder[int, int]
			m := start(t, pbuf.Options[int, int]{Partitions: 1, FlushInterval: never, BatchSize: 2, Processor: r.process})
			err := m.UpdateOptions(pbuf.WithBatchSize(1), test.change, pbuf.WithBatchSize(3))
			wantError(t, "UpdateOptions", err, pbuf.ErrOptions, test.words...)
			// All or nothing: the valid changes beside it have no effect.
			for k := range 4 {
				must(t, m.Put(k, 0))
			}
			flush(t, m)
			if r.calls() != 2 || len(r.batches[0]) != 2 {
				t.Errorf("batches %v, want 2 of 2 as before", r.batches)
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
			changes []pbuf.Change
			want    call
		}{
			{nil, call{2, time.Second}},
			{[]pbuf.Change{pbuf.WithBatchSize(3)}, call{3, time.Second}},
			{[]pbuf.Change{pbuf.WithProcessorTimeout(time.Minute)}, call{3, time.Minute}},
			{[]pbuf.Change{pbuf.WithBatchSize(1), pbuf.WithBatchSize(4)}, call{4, time.Minute}}, // the last one counts
			{[]pbuf.Change{pbuf.WithFlushInterval(time.Hour)}, call{4, time.Minute}},
		} {
			must(t, m.UpdateOptions(step.changes...))
			for k := range 4 {
				must(t, m.Put(k, 0))
			}
			flush(t, m)
			if got := <-calls; got != step.want {
				t.Errorf("after %d changes: call %+v, want %+v", len(step.changes), got, step.want)
			}
			for len(calls) > 0 {
				<-calls
			}
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
		must(t, m.UpdateOptions(pbuf.WithFlushInterval(15*time.Minute)))
		for range partitions {
			if at := (<-drained).Sub(began); at != 15*time.Minute {
				t.Errorf("drained after %v, want 15m after the last one", at)
			}
		}
		// An interval that is over already is due now.
		fill()
		time.Sleep(10 * time.Minute)
		must(t, m.UpdateOptions(pbuf.WithFlushInterval(time.Minute)))
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
		must(t, m.UpdateOptions(pbuf.WithFlushInterval(time.Hour)))
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

// Each option can be changed by its own goroutine; none undoes another's change.
func TestUpdateOptionsConcurrentSafe(t *testing.T) {
	var r recorder[int, int]
	m := start(t, pbuf.Options[int, int]{Partitions: 2, FlushInterval: never, Processor: r.process})
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() { must(t, m.UpdateOptions(pbuf.WithBatchSize(1+i))) })
		wg.Go(func() { must(t, m.UpdateOptions(pbuf.WithProcessorTimeout(time.Hour))) })
		wg.Go(func() { must(t, m.UpdateOptions(pbuf.WithFlushThreshold(3))) })
		wg.Go(func() { must(t, m.Put(i, i)) })
	}
	wg.Wait()
	must(t, m.UpdateOptions(pbuf.WithBatchSize(1)))
	flush(t, m)
	if got := len(r.entries()); got != 100 {
		t.Errorf("%d entries delivered, want 100", got)
	}
	for k := range 100 {
		must(t, m.Put(k, 0))
	}
	must(t, m.Close())
	for _, b := range r.batches[len(r.batches)-1:] {
		if len(b) != 1 {
			t.Errorf("batch of %d, want the last BatchSize to stand", len(b))
		}
	}
}
