package pbuf_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/partitioned-buffer/go/pbuf"
)

// transactional applies each batch once: it notes which ones it has, and loses the
// reply of every third commit.
type transactional struct {
	applied map[pbuf.Batch]bool
	totals  map[string]int
	commits int
}

func (s *transactional) process(ctx context.Context, batch []pbuf.Entry[string, int]) error {
	id, ok := pbuf.BatchFrom(ctx)
	if !ok {
		return errors.New("no batch in the context")
	}
	id.Attempt = 0 // the rest is the same when it comes again
	if !s.applied[id] {
		s.applied[id] = true
		for _, e := range batch {
			s.totals[e.Key] += e.Value
		}
	}
	if s.commits++; s.commits%3 == 0 {
		return errors.New("the connection was lost")
	}
	return nil
}

// Sums into a sink that may or may not have applied a batch whose reply was lost:
// Replay repeats the batch as it was, and BatchFrom tells the sink which one it is.
func ExampleBatchFrom() {
	sink := &transactional{applied: map[pbuf.Batch]bool{}, totals: map[string]int{}}
	views, err := pbuf.New(pbuf.Options[string, int]{
		Partitions: 1, FlushInterval: time.Millisecond,
		Merge:     func(_ string, old, new int) int { return old + new },
		Retry:     pbuf.Retry{Policy: pbuf.Replay, InitialBackoff: time.Millisecond},
		Processor: sink.process,
	})
	if err != nil {
		panic(err)
	}
	for i := range 1000 {
		_ = views.Put([]string{"home", "about"}[i%2], 1)
		if i%50 == 0 {
			_ = views.Flush(context.Background()) // or its error: then it is tried again
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	fmt.Println(views.Stop(ctx), sink.totals["home"], sink.totals["about"], "views")
	// Output: <nil> 500 500 views
}

// seen is a call of a processor.
type seen struct {
	Generation      uint64
	Number, Attempt int
	Keys            []string
}

func look(ctx context.Context, batch []entry) seen {
	b, _ := pbuf.BatchFrom(ctx)
	s := seen{Generation: b.Generation, Number: b.Number, Attempt: b.Attempt}
	for _, e := range batch {
		s.Keys = append(s.Keys, e.Key)
	}
	return s
}

// A failed batch comes again unchanged before anything newer; what Failed leaves of
// one is a new batch; MaxAttempts gives it up whole.
func TestReplay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls []seen
		var letters []string
		m := start(t, options{
			Partitions: 1, FlushInterval: time.Second, BatchSize: 2,
			Retry: pbuf.Retry{Policy: pbuf.Replay, MaxAttempts: 3},
			Processor: func(ctx context.Context, batch []entry) error {
				calls = append(calls, look(ctx, batch))
				switch len(calls) {
				case 1, 5, 6, 7:
					return errDown
				case 2:
					return pbuf.Failed(errDown, batch[1])
				}
				return nil
			},
			DeadLetter: func(_ context.Context, list []entry, _ error) error {
				for _, e := range list {
					letters = append(letters, fmt.Sprint(e.Key, e.Attempts))
				}
				return nil
			},
		})
		_, err := m.PutAll(pairs("a", "b", "c"))
		must(t, err)
		time.Sleep(1010 * time.Millisecond)
		_, err = m.PutAll(pairs("a", "d"))
		must(t, err)
		time.Sleep(time.Minute)
		synctest.Wait()
		want := []seen{
			{1, 1, 1, []string{"a", "b"}},
			{1, 1, 2, []string{"a", "b"}},
			{1, 2, 1, []string{"b"}},
			{1, 3, 1, []string{"c"}},
			{2, 1, 1, []string{"a", "d"}},
			{2, 1, 2, []string{"a", "d"}},
			{2, 1, 3, []string{"a", "d"}},
		}
		if diff := cmp.Diff(want, calls); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"a3", "d3"}, letters); diff != "" {
			t.Errorf("given up (-want +got):\n%s", diff)
		}
		balanced(t, m)
	})
}

// Flush makes one attempt at once, and says what is held up if that fails.
func TestFlushDuringAReplay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down, calls, began := true, 0, time.Now()
		m := start(t, options{
			Partitions: 1, FlushInterval: never, Retry: pbuf.Retry{Policy: pbuf.Replay, InitialBackoff: time.Hour},
			Processor: func(context.Context, []entry) error {
				if calls++; down {
					return errDown
				}
				return nil
			},
		})
		must(t, m.Put("a", 1))
		wantError(t, "Flush", m.Flush(t.Context()), errDown, "1 entries")
		must(t, m.Put("b", 1))
		wantError(t, "Flush", m.Flush(t.Context()), errDown, "2 entries")
		if s := balanced(t, m); calls != 2 || s.InFlight != 1 || s.Size != 1 || s.BackingOff <= 0 {
			t.Errorf("%d calls: %+v", calls, s)
		}
		down = false
		must(t, m.Flush(t.Context()))
		if s, waited := balanced(t, m), time.Since(began); calls != 4 || s.Delivered != 2 || waited > 0 {
			t.Errorf("%d calls, after %v: %+v", calls, waited, s)
		}
	})
}

// A table is one piece.
func TestReplayOfATable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []int
		m := start(t, options{
			Partitions: 1, FlushInterval: never, Retry: pbuf.Retry{Policy: pbuf.Replay},
			TableProcessor: func(ctx context.Context, table *pbuf.Table[string, int]) error {
				if b, _ := pbuf.BatchFrom(ctx); b.Number != 0 || b.Attempt != len(got)+1 {
					t.Errorf("batch %+v", b)
				}
				if got = append(got, table.Len()); len(got) == 1 {
					e, _ := table.Get("a")
					return pbuf.Failed(errDown, e)
				}
				return nil
			},
		})
		_, err := m.PutAll(pairs("a", "b"))
		must(t, err)
		wantError(t, "Flush", m.Flush(t.Context()), errDown, "2 entries")
		time.Sleep(time.Second)
		synctest.Wait()
		if s := balanced(t, m); s.Delivered != 2 || !slices.Equal(got, []int{2, 2}) {
			t.Errorf("tables of %v: %+v", got, s)
		}
	})
}

// No other context has a batch.
func TestBatchFromAnyContext(t *testing.T) {
	if b, ok := pbuf.BatchFrom(t.Context()); ok || b != (pbuf.Batch{}) {
		t.Errorf("BatchFrom = %v, %v", b, ok)
	}
}

// The batch says whether it comes again as it is.
func TestBatchSaysReplay(t *testing.T) {
	for policy, want := range map[pbuf.RetryPolicy]bool{pbuf.Requeue: false, pbuf.GiveUp: false, pbuf.Replay: true} {
		got := !want
		m := start(t, options{
			FlushInterval: never, Retry: pbuf.Retry{Policy: policy},
			Processor: func(ctx context.Context, _ []entry) error {
				b, _ := pbuf.BatchFrom(ctx)
				got = b.Replay
				return nil
			},
		})
		must(t, m.Put("a", 1))
		flush(t, m)
		must(t, m.Close())
		if got != want {
			t.Errorf("%v: Replay is %t", policy, got)
		}
	}
}
