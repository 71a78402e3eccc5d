package pbuf

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/partitioned-buffer/go/internal/shard"
)

// sliceDelivery takes slices of entries through a delivery. Nothing runs beside it: no
// flusher's loop, no writer, and the clock is the bubble's.
type sliceDelivery struct {
	*flusher[int, string]
	batches [][]int // the keys of each call
	calls   []Batch
	fails   func(keys []int) error
}

func deliverSlice(t *testing.T, o Options[int, string]) *sliceDelivery {
	t.Helper()
	d := &sliceDelivery{fails: func([]int) error { return nil }}
	o.Partitions = 1
	o.Processor = func(ctx context.Context, batch []Entry[int, string]) error {
		keys := make([]int, len(batch))
		for i, e := range batch {
			keys[i] = e.Key
		}
		slices.Sort(keys)
		b, _ := BatchFrom(ctx)
		d.batches, d.calls = append(d.batches, keys), append(d.calls, b)
		return d.fails(keys)
	}
	m, err := build(o)
	if err != nil {
		t.Fatal(err)
	}
	d.flusher = m.flushers[0]
	d.begin()
	return d
}

// deliver is one flush of the entries, and of what is left from those before.
func (d *sliceDelivery) deliver(entries ...Entry[int, string]) FlushInfo {
	d.batches, d.calls = nil, nil
	for _, e := range entries {
		d.part.Restore(shard.Item[int, string](e), 0)
	}
	r, _, _ := d.retire(regular)
	d.flush(r, regular)
	return d.delivery.info
}

func numbered(n int) (entries []Entry[int, string]) {
	for i := range n {
		entries = append(entries, Entry[int, string]{Key: i, Value: "v"})
	}
	return entries
}

func TestDeliveryOfASliceInBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := deliverSlice(t, Options[int, string]{BatchSize: 4})
		info := d.deliver(numbered(10)...)
		if info.Delivered != 10 || info.Failed != 0 || info.Entries != 10 {
			t.Errorf("%+v, want 10 delivered", info)
		}
		var sizes []int
		for i, b := range d.batches {
			sizes = append(sizes, len(b))
			if got := d.calls[i]; got.Number != i+1 || got.Attempt != 1 {
				t.Errorf("call %d is batch %d, attempt %d", i+1, got.Number, got.Attempt)
			}
		}
		if !slices.Equal(sizes, []int{4, 4, 2}) {
			t.Errorf("batches of %v, want 4, 4 and 2", sizes)
		}
		d.runner.dismiss(nil)
	})
}

// What failed waits for its backoff, by the clock, and is not in a batch before.
func TestDeliveryOfASliceThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		errPoison := errors.New("poison")
		d := deliverSlice(t, Options[int, string]{BatchSize: 8, Retry: Retry{InitialBackoff: time.Second, MaxBackoff: time.Second}})
		d.fails = func(keys []int) error {
			if slices.Contains(keys, 3) {
				return Failed(errPoison, Entry[int, string]{Key: 3})
			}
			return nil
		}
		if info := d.deliver(numbered(6)...); info.Delivered != 5 || info.Requeued != 1 || !errors.Is(info.Err, errPoison) {
			t.Errorf("%+v, want 5 delivered and one requeued", info)
		}
		if d.deliver(Entry[int, string]{Key: 7}); len(d.batches) != 1 || !slices.Equal(d.batches[0], []int{7}) {
			t.Errorf("before the backoff is over: %v, want 7 alone", d.batches)
		}
		time.Sleep(time.Second)
		d.fails = func([]int) error { return nil }
		if d.deliver(); len(d.batches) != 1 || !slices.Equal(d.batches[0], []int{3}) {
			t.Errorf("after it: %v, want 3 alone", d.batches)
		}
		if d.part.Size() != 0 {
			t.Errorf("%d entries are left", d.part.Size())
		}
		d.runner.dismiss(nil)
	})
}

// With Replay a failed batch comes again as it was, before anything else.
func TestDeliveryOfASliceReplayed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := deliverSlice(t, Options[int, string]{BatchSize: 2, Retry: Retry{Policy: Replay}})
		lost := 3
		d.fails = func(keys []int) error {
			if lost--; lost >= 0 {
				return errors.New("the reply is lost")
			}
			return nil
		}
		if info := d.deliver(numbered(4)...); info.Delivered != 4 || info.Failed != 6 {
			t.Errorf("%+v, want 4 delivered after 3 failures of 2", info)
		}
		if len(d.batches) != 5 {
			t.Fatalf("%d calls, want 5", len(d.batches))
		}
		for i := range 3 {
			again, first := d.calls[i+1], d.calls[0]
			if again.Attempt != i+2 || again.Number != first.Number || !slices.Equal(d.batches[i+1], d.batches[0]) {
				t.Errorf("call %d: %v of %v, want %v again", i+2, again, d.batches[i+1], d.batches[0])
			}
		}
		d.runner.dismiss(nil)
	})
}

// A Flush call that comes when the flusher has just decided what is due is answered by
// that flush, and so that tries everything.
func TestFlushThatComesBeforeTheRetire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const interval = time.Second
		d := deliverSlice(t, Options[int, string]{FlushInterval: interval, Retry: Retry{InitialBackoff: time.Hour}})
		d.fails = func(keys []int) error {
			if slices.Contains(keys, 3) {
				return Failed(errors.New("poison"), Entry[int, string]{Key: 3})
			}
			return nil
		}
		d.deliver(numbered(6)...)
		d.part.Restore(shard.Item[int, string]{Key: 7}, 0)
		d.due(time.Now()) // sees it
		time.Sleep(interval)
		what, _ := d.due(time.Now())
		answer := make(chan flushResult, 1)
		d.enlist(answer)
		d.batches = nil
		if what != regular || !d.step(what) {
			t.Fatalf("scope %v is due, want the regular one", what)
		}
		if !slices.EqualFunc(d.batches, [][]int{{7}, {3}}, slices.Equal) {
			t.Errorf("batches %v, want 7, and 3 before its backoff is over", d.batches)
		}
		if a := <-answer; a.failed != 1 || a.err == nil {
			t.Errorf("the call is answered with %d failures: %v, want 1", a.failed, a.err)
		}
		d.runner.dismiss(nil)
	})
}
