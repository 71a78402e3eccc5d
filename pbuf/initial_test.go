package pbuf_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/partitioned-buffer/go/pbuf"
)

// A sink that was down has used up everybody's attempts: that must not outlive the
// process, or all is dropped when the first call of the next one fails.
func TestInitialHasAllItsAttempts(t *testing.T) {
	for _, attempts := range []uint8{2, pbuf.MaxAttempts} {
		sink := sequence{[]error{errDown}}
		m := start(t, options{
			Partitions: 1, FlushInterval: never, Processor: sink.process, Retry: pbuf.Retry{MaxAttempts: 2},
			Initial: slices.Values([]entry{{Key: "k", Value: 1, Attempts: attempts}}),
		})
		wantError(t, "Flush", m.Flush(t.Context()), errDown)
		if s := balanced(t, m); s.Dropped != 0 || s.Size != 1 {
			t.Errorf("after %d attempts of another process and one: Stats = %+v", attempts, s)
		}
		flush(t, m)
		if s := balanced(t, m); s.Delivered != 1 {
			t.Errorf("Stats = %+v", s)
		}
	}
}

// Values grow by overwrites, one alone beyond MaxBytes: what is left of such a buffer
// begins the next, and those who want to add to it wait until it has drained.
func TestInitialAboveMaxBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		opts := texts{
			Partitions: 1, FlushInterval: never, MaxBytes: 10, SizeOf: textSize,
			Processor: func(context.Context, []textEntry) error { return errDown },
		}
		first := start(t, opts)
		for _, size := range []int{2, 5} { // both keys are in before b outgrows the bound
			must(t, first.Put("a", of(size)))
		}
		for _, size := range []int{2, 12} {
			must(t, first.Put("b", of(size)))
		}
		wantError(t, "Close", first.Close(), errDown)

		release := make(chan struct{})
		opts.Initial = first.Undelivered()
		opts.Processor = func(context.Context, []textEntry) error { <-release; return nil }
		m := start(t, opts)
		wantBytes(t, m, 17)
		put := make(chan error, 1)
		go func() { put <- m.Put("c", of(1)) }()
		synctest.Wait()
		if len(put) > 0 {
			t.Error("Put did not wait, while nothing is delivered")
		}
		close(release)
		must(t, <-put)
		flush(t, m)
		wantAllFree(t, m, 10)
	})
}

// So whoever has read a snapshot knows when its file is of no more use.
func TestCheckpointCoversInitial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := sequence{[]error{errDown}}
		m := start(t, options{
			Partitions: 2, FlushInterval: never, Processor: sink.process,
			Initial: slices.Values([]entry{{Key: "k", Value: 1}}),
		})
		c := m.Checkpoint()
		wantWaiting(t, "at first", c)
		wantError(t, "Flush", m.Flush(t.Context()), errDown)
		wantWaiting(t, "after a failure", c)
		flush(t, m)
		wantSafe(t, "when it is delivered", c)
	})
}
