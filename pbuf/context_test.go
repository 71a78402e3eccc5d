package pbuf_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// Each write that may have to wait has a form that waits no longer than its
// context, on Map and Routed.
func TestContextForms(t *testing.T) {
	pairs := maps.All(map[string]int{"new": 1})
	versioned := slices.Values([]pbuf.Versioned[string, int]{{Key: "new", Value: 1, Version: 1}})
	type form = func(ctx context.Context, w writer[string, int]) (bool, error)
	some := func(stored int, err error) (bool, error) { return stored > 0, err }
	forms := map[string]form{
		"PutContext": func(ctx context.Context, w writer[string, int]) (bool, error) {
			return false, w.PutContext(ctx, "new", 1)
		},
		"PutNewerContext": func(ctx context.Context, w writer[string, int]) (bool, error) {
			return w.PutNewerContext(ctx, "new", 1, 1)
		},
		"PutAllContext": func(ctx context.Context, w writer[string, int]) (bool, error) {
			return some(w.PutAllContext(ctx, pairs))
		},
		"PutAllNewerContext": func(ctx context.Context, w writer[string, int]) (bool, error) {
			return some(w.PutAllNewerContext(ctx, versioned))
		},
		"DeleteContext": func(ctx context.Context, w writer[string, int]) (bool, error) {
			return w.DeleteContext(ctx, "new")
		},
		"DeleteNewerContext": func(ctx context.Context, w writer[string, int]) (bool, error) {
			return w.DeleteNewerContext(ctx, "new", 1)
		},
		"PutIfNewerContext": func(ctx context.Context, w writer[string, int]) (bool, error) {
			return w.PutIfNewerContext(ctx, "new", 1)
		},
	}
	for name, do := range forms {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := options{
					Partitions: 2, FlushInterval: never, Capacity: 1, Tombstones: true,
					Retry:     pbuf.Retry{InitialBackoff: time.Hour},
					Processor: func(context.Context, []entry) error { return errDown },
				}
				if name == "PutIfNewerContext" {
					o.Newer = func(old, newer int) bool { return old < newer }
				}
				m := start(t, o)
				must(t, m.Put("old", 1))
				for _, w := range []writer[string, int]{m, pbuf.Route(m, 7)} {
					ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, errPatience)
					defer cancel()
					began := time.Now()
					stored, err := do(ctx, w)
					wantError(t, name, err, pbuf.ErrFull, "Capacity is 1")
					if stored || !errors.Is(err, errPatience) || time.Since(began) != time.Minute {
						t.Errorf("stored %v, %v after %v; want the context's cause after its minute", stored, err, time.Since(began))
					}
					_, err = do(nil, w) //nolint:staticcheck // what a caller may get wrong
					wantError(t, name, err, pbuf.ErrArgument, name, "context")
				}
				_ = m.Close()
				_, err := do(t.Context(), m)
				wantError(t, name, err, pbuf.ErrClosed)
				var zero pbuf.Map[string, int]
				for _, w := range []writer[string, int]{&zero, pbuf.Routed[string, int]{}} {
					_, err = do(t.Context(), w)
					wantError(t, name, err, pbuf.ErrClosed)
				}
			})
		})
	}
}

// What finds room does not look at the context; and a nil sequence is an error.
func TestContextFormsThatFindRoom(t *testing.T) {
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	bothWriters(t, func(t *testing.T, w writer[string, int], m *pbuf.Map[string, int], got *recorder[string, int]) {
		must(t, w.PutContext(ended, "a", 1))
		stored, err := w.PutNewerContext(ended, "b", 1, 1)
		must(t, err)
		if again, err := w.PutNewerContext(ended, "b", 2, 1); !stored || again || err != nil {
			t.Errorf("PutNewerContext = %v, then %v, %v", stored, again, err)
		}
		n, err := w.PutAllContext(ended, maps.All(map[string]int{"c": 1, "d": 1}))
		must(t, err)
		k, err := w.PutAllNewerContext(ended, slices.Values([]pbuf.Versioned[string, int]{{Key: "b"}, {Key: "e", Version: 2}}))
		must(t, err)
		deleted, err := w.DeleteContext(ended, "a")
		must(t, err)
		if n != 2 || k != 1 || !deleted {
			t.Errorf("PutAllContext %d, PutAllNewerContext %d, DeleteContext %v; want 2, 1, true", n, k, deleted)
		}
		_, err = w.PutAllContext(ended, nil)
		wantError(t, "PutAllContext", err, pbuf.ErrArgument, "PutAllContext", "sequence")
		_, err = w.PutAllNewerContext(ended, nil)
		wantError(t, "PutAllNewerContext", err, pbuf.ErrArgument, "PutAllNewerContext", "sequence")
		_, err = w.PutNewerContext(ended, "b", 2, pbuf.MinVersion-1)
		wantError(t, "PutNewerContext", err, pbuf.ErrVersion)
		flush(t, m)
		if all := got.entries(); len(all) != 4 {
			t.Errorf("delivered %+v, want b, c, d and e", all)
		}
	})
}

// With the context of its processor a write does not wait for room that only the
// processor's own end could make, on a goroutine that it waits for either.
func TestContextOfTheProcessorDoesNotWait(t *testing.T) {
	var m *pbuf.Map[string, int]
	m = start(t, options{
		Partitions: 1, FlushInterval: never, Capacity: 1,
		Processor: func(ctx context.Context, _ []entry) error {
			done := make(chan error)
			go func() { done <- m.PutContext(ctx, "other", 1) }()
			wantError(t, "PutContext", <-done, pbuf.ErrFull)
			return nil
		},
	})
	must(t, m.Put("k", 1))
	flush(t, m)
}
