package pbuf_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

type texts = pbuf.Options[string, string]

func textSize(key, value string) int { return len(key) + len(value) }

// of is a value that makes an entry of that size, with a key of one letter.
func of(size int) string { return strings.Repeat("x", size-1) }

func wantBytes[K comparable, V any](t *testing.T, m *pbuf.Map[K, V], want int64) {
	t.Helper()
	if got := m.Stats().Bytes; got != want {
		t.Errorf("%d bytes, want %d", got, want)
	}
}

// wantAllFree wants that an entry of just MaxBytes fits, which must be refused if
// a single byte was lost, and that a byte more does not.
func wantAllFree(t *testing.T, m *pbuf.Map[string, string], maxBytes int) {
	t.Helper()
	wantBytes(t, m, 0)
	wantError(t, "Put", m.Put("l", of(maxBytes+1)), pbuf.ErrFull, fmt.Sprint("MaxBytes is ", maxBytes), fmt.Sprint(maxBytes+1, " bytes"))
	must(t, m.Put("l", of(maxBytes)))
	wantBytes(t, m, int64(maxBytes))
	_, err := m.Delete("l")
	must(t, err)
	wantBytes(t, m, 0)
}

func TestMaxBytesOutOfRange(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*texts)
		words  []string
	}{
		"negative":       {func(o *texts) { o.MaxBytes, o.SizeOf = -1, textSize }, []string{"MaxBytes", "-1"}},
		"without SizeOf": {func(o *texts) { o.MaxBytes = 5 }, []string{"MaxBytes", "5", "SizeOf"}},
		"SizeOf alone":   {func(o *texts) { o.SizeOf = textSize }, []string{"SizeOf", "MaxBytes"}},
		"OnFull alone":   {func(o *texts) { o.OnFull = pbuf.DropOldest }, []string{"OnFull", "MaxBytes"}},
		"a bad size to begin": {func(o *texts) {
			o.MaxBytes, o.SizeOf, o.Initial = 3, badSize(-2), slices.Values([]textEntry{{Key: "a"}})
		}, []string{"Initial", "SizeOf", "-2"}},
		"out of range, if any": {func(o *texts) { o.MaxBytes, o.SizeOf = math.MaxInt, textSize }, []string{"MaxBytes"}},
	} {
		if name == "out of range, if any" && math.MaxInt == math.MaxInt32 {
			continue // an int has no value that is too large
		}
		o := texts{Processor: discard[string, string]}
		test.change(&o)
		_, err := pbuf.New(o)
		wantError(t, "New: "+name, err, pbuf.ErrOptions, test.words...)
	}
}

type textEntry = pbuf.Entry[string, string]

func badSize(n int) func(string, string) int { return func(string, string) int { return n } }

// Every way of writing, and what it does to the sum.
func TestMaxBytes(t *testing.T) {
	const limit = 20
	gate := newTurnstile[string, string]()
	m := start(t, texts{
		Partitions: 1, FlushInterval: never, MaxBytes: limit, SizeOf: textSize,
		OnFull: pbuf.Reject, Tombstones: true, Processor: gate.process,
	})
	stored := func(want bool) func(ok bool, err error) {
		return func(ok bool, err error) {
			t.Helper()
			if ok != want || err != nil {
				t.Errorf("stored %v, %v; want %v", ok, err, want)
			}
		}
	}
	must(t, m.Put("a", of(5)))
	wantBytes(t, m, 5)
	must(t, m.Put("a", of(3)))
	stored(true)(m.PutNewer("b", of(7), 3))
	wantBytes(t, m, 10)
	stored(false)(m.PutNewer("b", of(9), 2))
	stored(true)(m.PutNewer("b", of(8), 4))
	wantBytes(t, m, 11)
	stored(true)(m.Delete("a")) // its tombstone has a key
	stored(true)(m.DeleteNewer("c", 3))
	wantBytes(t, m, 1+8+1)
	must(t, m.Put("d", of(10)))
	must(t, m.Put("a", of(31))) // buffered: taken whatever it is
	wantBytes(t, m, 50)
	wantError(t, "Put", m.Put("e", ""), pbuf.ErrFull) // over the bound: nothing fits
	<-gate.in
	gate.out <- nil
	flush(t, m)
	wantBytes(t, m, 0)
}

// The bound is strict for new keys; what is in flight counts until its delivery
// ends, and what comes back needs no room.
func TestMaxBytesInFlight(t *testing.T) {
	const limit = 10
	gate := newTurnstile[string, string]()
	m := start(t, texts{
		Partitions: 1, FlushInterval: never, MaxBytes: limit, SizeOf: textSize,
		OnFull: pbuf.Reject, Processor: gate.process, Retry: pbuf.Retry{InitialBackoff: time.Hour},
	})
	flushed := make(chan error, 1)
	flushing := func() { go func() { flushed <- m.Flush(t.Context()) }() }
	must(t, m.Put("a", of(4)))
	_, err := m.PutNewer("b", of(4), 5)
	must(t, err)
	flushing()
	batch := <-gate.in
	must(t, m.Put("a", of(2))) // in flight alone, so it is new
	wantError(t, "Put", m.Put("c", of(1)), pbuf.ErrFull, "MaxBytes is 10")
	if ok, err := m.PutNewer("b", of(1), 5); ok || err != nil {
		t.Errorf("PutNewer = %v, %v; a stale write needs no room", ok, err)
	}
	_, err = m.PutNewer("b", of(1), 6)
	wantError(t, "PutNewer", err, pbuf.ErrFull)
	wantBytes(t, m, limit)
	gate.out <- pbuf.Failed(errDown, batch...)
	wantError(t, "Flush", <-flushed, errDown, "1 entries") // a was written anew
	wantBytes(t, m, 6)
	must(t, m.Put("c", of(4)))
	wantError(t, "Put", m.Put("d", "x"), pbuf.ErrFull)
	go func() {
		for range gate.in {
			gate.out <- nil
		}
	}()
	for m.Flush(t.Context()) != nil || m.Stats().Size > 0 { // a refused write asks for a delivery too
	}
	wantAllFree(t, m, limit)
	must(t, m.Close())
	close(gate.in)
	wantBytes(t, m, 0)
	balanced(t, m)
	wantError(t, "Put", m.Put("d", "x"), pbuf.ErrClosed)
}

// What Stop leaves undelivered has left the buffer.
func TestMaxBytesAfterStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newTurnstile[string, string]()
		m := start(t, texts{Partitions: 1, FlushInterval: never, MaxBytes: 100, SizeOf: textSize, Processor: gate.process})
		must(t, m.Put("a", of(5)))
		go func() { _ = m.Flush(t.Context()) }()
		<-gate.in
		must(t, m.Put("b", of(6)))
		wantBytes(t, m, 11)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		wantError(t, "Stop", m.Stop(ctx), context.DeadlineExceeded, "2 entries")
		wantBytes(t, m, 0)
		gate.out <- nil // comes back too late
		synctest.Wait()
		wantBytes(t, m, 0)
	})
}

// Keys that are not equal to themselves are entries of their own, each with its
// size, through failures too.
func TestMaxBytesOfNaNs(t *testing.T) {
	const n, size, limit = 50, 10, 600
	var healthy atomic.Bool
	m := start(t, pbuf.Options[float64, int]{
		Partitions: 1, FlushInterval: never, MaxBytes: limit, OnFull: pbuf.Reject,
		SizeOf: func(float64, int) int { return size }, Retry: pbuf.Retry{InitialBackoff: time.Hour},
		Processor: func(context.Context, []pbuf.Entry[float64, int]) error {
			if !healthy.Load() {
				return errDown
			}
			return nil
		},
	})
	for i := range n {
		must(t, m.Put(math.NaN(), i))
	}
	wantBytes(t, m, n*size)
	wantError(t, "Flush", m.Flush(t.Context()), errDown, "50 entries")
	wantBytes(t, m, n*size)
	for i := range limit/size - n {
		must(t, m.Put(float64(i), i))
	}
	wantError(t, "Put", m.Put(math.NaN(), 1), pbuf.ErrFull)
	healthy.Store(true)
	for m.Flush(t.Context()) != nil || m.Stats().Size > 0 { // the refused write asks for a delivery too
	}
	wantBytes(t, m, 0)
	for i := range limit / size {
		must(t, m.Put(math.NaN(), i))
	}
	must(t, m.Close())
	wantBytes(t, m, 0)
	balanced(t, m)
}
