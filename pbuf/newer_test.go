package pbuf_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/partitioned-buffer/go/pbuf"
)

// row is a value whose version is a ULID: 48 bits of time, then 80 random ones.
type row struct {
	ID   [16]byte
	Text string
}

func byID(old, new row) bool { return bytes.Compare(old.ID[:], new.ID[:]) < 0 }

func ulid(ms uint64) (id [16]byte) {
	binary.BigEndian.PutUint64(id[:], ms<<16)
	_, _ = rand.Read(id[6:])
	return id
}

// state is a value whose version is a pair.
type state struct{ Epoch, Seq, N int }

func byEpoch(old, new state) bool {
	return old.Epoch < new.Epoch || old.Epoch == new.Epoch && old.Seq < new.Seq
}

func TestNewerByULID(t *testing.T) {
	var got recorder[string, row]
	m := start(t, pbuf.Options[string, row]{Partitions: 1, FlushInterval: never, Processor: got.process, Newer: byID})
	rows := make([]row, 5)
	for i := range rows {
		rows[i] = row{ulid(uint64(i)), strings.Repeat("x", i)}
	}
	for _, c := range []struct {
		row  int
		want bool
	}{{2, true}, {1, false}, {2, false}, {4, true}, {3, false}} {
		if stored, err := m.PutIfNewer("k", rows[c.row]); stored != c.want || err != nil {
			t.Errorf("PutIfNewer(row %d) = %v, %v; want %v", c.row, stored, err, c.want)
		}
	}
	must(t, m.Put("k", rows[0])) // not stored, and not an error
	flush(t, m)
	if diff := cmp.Diff([]pbuf.Entry[string, row]{{Key: "k", Value: rows[4]}}, got.entries()); diff != "" {
		t.Errorf("delivered (-want +got):\n%s", diff)
	}
	if s := balanced(t, m); s.Accepted != 2 || s.Overwritten != 1 {
		t.Errorf("Stats = %+v", s)
	}
}

// What is in flight, or came back, is compared with too, by Map and Routed.
func TestNewerAgainstWhatIsInFlight(t *testing.T) {
	gate := newTurnstile[string, state]()
	m := start(t, pbuf.Options[string, state]{
		Partitions: 4, FlushInterval: never, Processor: gate.process, Newer: byEpoch, Retry: pbuf.Retry{InitialBackoff: time.Hour},
	})
	r := pbuf.Route(m, "pinned")
	put := func(v state, want bool) {
		t.Helper()
		if stored, err := r.PutIfNewer("k", v); stored != want || err != nil {
			t.Errorf("PutIfNewer(%v) = %v, %v; want %v", v, stored, err, want)
		}
	}
	put(state{2, 5, 1}, true)
	flushed := make(chan error, 1)
	flushing := func() { go func() { flushed <- m.Flush(t.Context()) }() }
	flushing()
	batch := <-gate.in
	put(state{1, 9, 0}, false)
	put(state{2, 5, 0}, false)
	gate.out <- pbuf.Failed(errDown, batch...)
	wantError(t, "Flush", <-flushed, errDown)
	put(state{2, 5, 0}, false) // it came back
	if e, _ := r.Lookup("k"); e.Value.N != 1 || e.Attempts != 1 {
		t.Errorf("Lookup = %+v", e)
	}
	flushing()
	batch = <-gate.in
	put(state{3, 0, 2}, true)
	gate.out <- pbuf.Failed(errDown, batch...)
	must(t, <-flushed) // a newer one is there: nothing came back
	put(state{2, 9, 0}, false)
	if deleted, err := r.Delete("k"); !deleted || err != nil {
		t.Errorf("Delete = %v, %v", deleted, err)
	}
	put(state{1, 0, 3}, true) // absent, and nothing is in flight
	flushing()
	if batch = <-gate.in; batch[0].Value.N != 3 {
		t.Errorf("delivered %+v", batch)
	}
	gate.out <- nil
	must(t, <-flushed)
	balanced(t, m)
}

// As long as nothing has been delivered, be it buffered, in flight or on its way
// back: what is stored is newer than all that was stored before, and the newest is
// delivered in the end.
func TestNewerConcurrentSafe(t *testing.T) {
	const writers, each, keys = 4, 3000, 3
	var got recorder[int, state]
	var healthy atomic.Bool
	m := start(t, pbuf.Options[int, state]{
		Partitions: 2, FlushInterval: time.Millisecond, Newer: byEpoch,
		Retry: pbuf.Retry{InitialBackoff: 100 * time.Microsecond, MaxBackoff: time.Millisecond},
		Processor: func(ctx context.Context, batch []pbuf.Entry[int, state]) error {
			if !healthy.Load() {
				return errDown
			}
			return got.process(ctx, batch)
		},
	})
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			var last [keys]state
			for i := range each {
				// Rising, with a half of them late: by up to 63 versions.
				key, v := i%keys, state{Epoch: 1 + i/64, Seq: i * (7 + w) % 64, N: w}
				stored, err := m.PutIfNewer(key, v)
				must(t, err)
				if !stored {
					continue
				}
				if !byEpoch(last[key], v) {
					t.Errorf("key %d: %v is stored after %v", key, v, last[key])
				}
				last[key] = v
			}
		})
	}
	wg.Wait()
	healthy.Store(true)
	must(t, m.Close())
	var want [keys]state
	for w := range writers {
		for i := range each {
			if v := (state{Epoch: 1 + i/64, Seq: i * (7 + w) % 64}); byEpoch(want[i%keys], v) {
				want[i%keys] = v
			}
		}
	}
	var last [keys]state // a generation that was in flight just then may come before it
	for _, e := range got.entries() {
		if !byEpoch(last[e.Key], e.Value) {
			t.Errorf("key %d: %v is delivered after %v", e.Key, e.Value, last[e.Key])
		}
		last[e.Key] = e.Value
	}
	for key := range keys {
		if last[key].N = 0; last[key] != want[key] {
			t.Errorf("key %d: %v is the last that is delivered, and %v was the newest", key, last[key], want[key])
		}
	}
	balanced(t, m)
}

// What is put over a tombstone is not compared with it, and says so.
func TestNewerOverATombstone(t *testing.T) {
	var got recorder[string, state]
	m := start(t, pbuf.Options[string, state]{
		Partitions: 1, FlushInterval: never, Processor: got.process, Newer: byEpoch, Tombstones: true,
	})
	must(t, m.Put("k", state{Epoch: 5}))
	if deleted, err := m.DeleteContext(t.Context(), "k"); !deleted || err != nil {
		t.Errorf("DeleteContext = %v, %v", deleted, err)
	}
	for epoch, want := range []bool{1: true, 2: true} {
		if stored, err := m.PutIfNewerContext(t.Context(), "k", state{Epoch: epoch}); stored != (want || epoch == 0) || err != nil {
			t.Errorf("PutIfNewerContext(%d) = %v, %v", epoch, stored, err)
		}
	}
	flush(t, m)
	want := []pbuf.Entry[string, state]{{Key: "k", Value: state{Epoch: 2}, Reset: true}}
	if diff := cmp.Diff(want, got.entries()); diff != "" {
		t.Errorf("delivered (-want +got):\n%s", diff)
	}
}

func TestNewerMayPanic(t *testing.T) {
	var got recorder[string, int]
	m := start(t, options{
		Partitions: 1, FlushInterval: never, Processor: got.process,
		Newer: func(old, newer int) bool {
			if newer < 0 {
				panic("no order")
			}
			return old < newer
		},
	})
	must(t, m.Put("k", 1))
	func() {
		defer func() {
			if recover() != "no order" {
				t.Error("the panic does not reach the writer")
			}
		}()
		_ = m.Put("k", -1)
	}()
	must(t, m.Put("k", 2))
	flush(t, m)
	if diff := cmp.Diff([]entry{{Key: "k", Value: 2}}, got.entries()); diff != "" {
		t.Errorf("delivered (-want +got):\n%s", diff)
	}
}

// Numbers as versions and versions in the values do not mix.
func TestNewerOptions(t *testing.T) {
	newer := func(old, newer int) bool { return old < newer }
	for name, test := range map[string]struct {
		change func(*options)
		words  []string
	}{
		"Merge":         {func(o *options) { o.Merge = func(_ string, old, _ int) int { return old } }, []string{"Merge", "Newer"}},
		"VersionMemory": {func(o *options) { o.VersionMemory = 7 }, []string{"VersionMemory", "7", "Newer"}},
		"Initial": {func(o *options) {
			o.Initial = slices.Values([]entry{{Key: "k", Version: 3}})
		}, []string{"Initial", "version 3", "Newer"}},
	} {
		o := options{Processor: discard[string, int], Newer: newer}
		test.change(&o)
		_, err := pbuf.New(o)
		wantError(t, "New: "+name, err, pbuf.ErrOptions, test.words...)
	}
	m := start(t, options{Processor: discard[string, int], Newer: newer, Tombstones: true})
	plain := start(t, options{Processor: discard[string, int]})
	for _, w := range []writer[string, int]{m, pbuf.Route(m, 1)} {
		_, err := w.PutNewer("k", 1, 5)
		wantError(t, "PutNewer", err, pbuf.ErrOptions, "Newer", "5")
		_, err = w.PutNewerContext(t.Context(), "k", 1, 5)
		wantError(t, "PutNewerContext", err, pbuf.ErrOptions, "PutNewerContext", "Newer")
		_, err = w.DeleteNewer("k", 5)
		wantError(t, "DeleteNewer", err, pbuf.ErrOptions, "DeleteNewer", "Newer")
	}
	for _, w := range []writer[string, int]{plain, pbuf.Route(plain, 1)} {
		_, err := w.PutIfNewer("k", 1)
		wantError(t, "PutIfNewer", err, pbuf.ErrOptions, "PutIfNewer", "Newer is nil")
	}
	if s := m.Size() + plain.Size(); s != 0 {
		t.Errorf("%d entries were stored all the same", s)
	}
	must(t, m.Close())
	_, err := m.PutIfNewer("k", 1)
	wantError(t, "PutIfNewer", err, pbuf.ErrClosed)
}

// Of several initial entries of a key the newest wins; and it needs no more room
// than that.
func TestNewerInitial(t *testing.T) {
	var got recorder[string, int]
	m := start(t, options{
		Partitions: 1, FlushInterval: never, Processor: got.process, Tombstones: true, Capacity: 2,
		Newer: func(old, newer int) bool { return old < newer },
		Initial: slices.Values([]entry{
			{Key: "a", Value: 2, Attempts: 3}, {Key: "a", Value: 1}, {Key: "b", Value: 9}, {Key: "b", Deleted: true}, {Key: "b", Value: 3},
		}),
	})
	if stored, err := m.PutIfNewer("a", 2); stored || err != nil {
		t.Errorf("PutIfNewer = %v, %v; want the initial entry to be as new", stored, err)
	}
	flush(t, m)
	all := got.entries()
	byKey(all)
	want := []entry{{Key: "a", Value: 2}, {Key: "b", Value: 3, Reset: true}}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Errorf("delivered (-want +got):\n%s", diff)
	}
}
