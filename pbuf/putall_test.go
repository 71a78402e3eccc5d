package pbuf_test

import (
	"errors"
	"iter"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/partitioned-buffer/go/pbuf"
)

type versioned = pbuf.Versioned[string, int]

// pairs is the sequence of keys with their positions as the values.
func pairs(keys ...string) iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		for i, k := range keys {
			if !yield(k, i) {
				return
			}
		}
	}
}

func TestPutAll(t *testing.T) {
	bothWriters(t, func(t *testing.T, w writer[string, int], m *pbuf.Map[string, int], got *recorder[string, int]) {
		if n, err := w.PutAll(pairs("a", "b", "a", "c")); n != 4 || err != nil {
			t.Errorf("PutAll = %d, %v; want 4", n, err)
		}
		if n, err := w.PutAll(pairs()); n != 0 || err != nil {
			t.Errorf("PutAll of nothing = %d, %v; want 0", n, err)
		}
		flush(t, m)
		want := []entry{{Key: "a", Value: 2}, {Key: "b", Value: 1}, {Key: "c", Value: 3}}
		if diff := cmp.Diff(want, got.entries()); diff != "" {
			t.Errorf("delivered (-want +got):\n%s", diff)
		}
	})
}

func TestPutAllOfAMap(t *testing.T) {
	var r recorder[string, int]
	m := start(t, options{FlushInterval: never, Processor: r.process})
	want := map[string]int{"a": 1, "b": 2, "c": 3}
	if n, err := m.PutAll(maps.All(want)); n != len(want) || err != nil {
		t.Errorf("PutAll = %d, %v; want %d", n, err, len(want))
	}
	flush(t, m)
	got := map[string]int{}
	for _, e := range r.entries() {
		got[e.Key] = e.Value
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("delivered (-want +got):\n%s", diff)
	}
}

func TestPutAllNewer(t *testing.T) {
	bothWriters(t, func(t *testing.T, w writer[string, int], m *pbuf.Map[string, int], got *recorder[string, int]) {
		n, err := w.PutAllNewer(slices.Values([]versioned{
			{"a", 1, 10}, {"b", 2, 10}, {"a", 3, 10}, {"a", 4, 11}, {"b", 5, 9},
		}))
		if n != 3 || err != nil {
			t.Errorf("PutAllNewer = %d, %v; want 3 stored", n, err)
		}
		flush(t, m)
		want := []entry{{Key: "a", Value: 4, Version: 11, Updates: 1}, {Key: "b", Value: 2, Version: 10}}
		if diff := cmp.Diff(want, got.entries()); diff != "" {
			t.Errorf("delivered (-want +got):\n%s", diff)
		}
	})
}

// A reserved version ends the sequence: what came before it is stored and
// counted, what follows is not even asked for.
func TestPutAllNewerStopsAtAnError(t *testing.T) {
	bothWriters(t, func(t *testing.T, w writer[string, int], m *pbuf.Map[string, int], got *recorder[string, int]) {
		asked := 0
		n, err := w.PutAllNewer(func(yield func(versioned) bool) {
			for _, e := range []versioned{{"a", 1, 1}, {"a", 1, 1}, {"b", 2, pbuf.MinVersion - 1}, {"c", 3, 1}} {
				asked++
				if !yield(e) {
					return
				}
			}
		})
		if n != 1 || !errors.Is(err, pbuf.ErrVersion) || asked != 3 {
			t.Errorf("PutAllNewer = %d, %v after %d elements; want 1, ErrVersion after 3", n, err, asked)
		}
		flush(t, m)
		if diff := cmp.Diff([]entry{{Key: "a", Value: 1, Version: 1}}, got.entries()); diff != "" {
			t.Errorf("delivered (-want +got):\n%s", diff)
		}
	})
}

// The sequence is user code: it runs outside of everything that a delivery
// waits for, and may use the buffer itself.
func TestSequencesMayUseTheBuffer(t *testing.T) {
	bothWriters(t, func(t *testing.T, w writer[string, int], m *pbuf.Map[string, int], got *recorder[string, int]) {
		n, err := w.PutAll(func(yield func(string, int) bool) {
			if !yield("a", 1) {
				return
			}
			flush(t, m)
			if deleted, err := w.Delete("a"); deleted || err != nil {
				t.Errorf("Delete of a delivered key = %v, %v", deleted, err)
			}
			must(t, w.Put("b", 2))
			yield("c", 3)
		})
		if n != 2 || err != nil {
			t.Errorf("PutAll = %d, %v; want 2", n, err)
		}
		flush(t, m)
		want := []entry{{Key: "a", Value: 1}, {Key: "b", Value: 2}, {Key: "c", Value: 3}}
		if diff := cmp.Diff(want, got.entries()); diff != "" {
			t.Errorf("delivered (-want +got):\n%s", diff)
		}
	})
}

// A Stop in the middle of a sequence: the first part is accepted and delivered,
// the rest refused, and the number says where the line is.
func TestStopInTheMiddleOfPutAll(t *testing.T) {
	bothWriters(t, func(t *testing.T, w writer[string, int], m *pbuf.Map[string, int], got *recorder[string, int]) {
		n, err := w.PutAll(func(yield func(string, int) bool) {
			_ = yield("a", 1) && yield("b", 2)
			if err := m.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
			if yield("c", 3) {
				t.Error("PutAll goes on after ErrClosed")
			}
		})
		if n != 2 || !errors.Is(err, pbuf.ErrClosed) {
			t.Errorf("PutAll = %d, %v; want 2, ErrClosed", n, err)
		}
		want := []entry{{Key: "a", Value: 1}, {Key: "b", Value: 2}}
		if diff := cmp.Diff(want, got.entries()); diff != "" {
			t.Errorf("delivered (-want +got):\n%s", diff)
		}
	})
}

// A sequence that panics leaves behind what it had yielded, and nothing locked.
func TestSequencesMayPanic(t *testing.T) {
	bothWriters(t, func(t *testing.T, w writer[string, int], m *pbuf.Map[string, int], got *recorder[string, int]) {
		func() {
			defer func() {
				if v := recover(); v != "no more" {
					t.Errorf("recovered %v, want the panic of the sequence", v)
				}
			}()
			_, _ = w.PutAll(func(yield func(string, int) bool) {
				yield("a", 1)
				panic("no more")
			})
		}()
		flush(t, m)
		if diff := cmp.Diff([]entry{{Key: "a", Value: 1}}, got.entries()); diff != "" {
			t.Errorf("delivered (-want +got):\n%s", diff)
		}
	})
}
