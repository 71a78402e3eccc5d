package pbuf_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/partitioned-buffer/go/pbuf"
)

// wantError checks that err wraps the sentinel, and says all the words.
func wantError(t *testing.T, call string, err, sentinel error, words ...string) {
	t.Helper()
	if !errors.Is(err, sentinel) {
		t.Errorf("%s: error %v, want one that wraps %v", call, err, sentinel)
		return
	}
	for _, w := range append(words, "pbuf: ") {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%s: error %q does not say %q", call, err, w)
		}
	}
}

func TestReservedVersions(t *testing.T) {
	bothWriters(t, func(t *testing.T, w writer[string, int], m *pbuf.Map[string, int], _ *recorder[string, int]) {
		for version, word := range map[int64]string{
			pbuf.MinVersion - 1: "-9223372036854775806",
			pbuf.MinVersion - 2: "-9223372036854775807",
			pbuf.MinVersion - 3: "-9223372036854775808",
		} {
			ok, err := w.PutNewer("k", 1, version)
			if ok {
				t.Errorf("PutNewer with version %d stored", version)
			}
			wantError(t, "PutNewer", err, pbuf.ErrVersion, "version "+word, "MinVersion")
			ok, err = w.PutNewerContext(t.Context(), "k", 1, version)
			if ok {
				t.Errorf("PutNewerContext with version %d stored", version)
			}
			wantError(t, "PutNewerContext", err, pbuf.ErrVersion, "version "+word, "MinVersion")
		}
		if m.Size() != 0 {
			t.Errorf("Size = %d after refused versions", m.Size())
		}
	})
}

func TestNilArguments(t *testing.T) {
	bothWriters(t, func(t *testing.T, w writer[string, int], m *pbuf.Map[string, int], _ *recorder[string, int]) {
		_, err := w.PutAll(nil)
		wantError(t, "PutAll(nil)", err, pbuf.ErrArgument, "PutAll", "sequence is nil")
		_, err = w.PutAllNewer(nil)
		wantError(t, "PutAllNewer(nil)", err, pbuf.ErrArgument, "PutAllNewer", "sequence is nil")
		var none context.Context
		wantError(t, "PutContext(nil)", w.PutContext(none, "k", 1), pbuf.ErrArgument, "PutContext", "context is nil")
		_, err = w.PutNewerContext(none, "k", 1, 1)
		wantError(t, "PutNewerContext(nil)", err, pbuf.ErrArgument, "PutNewerContext", "context is nil")
		wantError(t, "Flush(nil)", m.Flush(none), pbuf.ErrArgument, "Flush", "context is nil")
		wantError(t, "Stop(nil)", m.Stop(none), pbuf.ErrArgument, "Stop", "context is nil")
		must(t, w.Put("k", 1)) // a refused Stop stopped nothing
	})
}

func TestAfterStop(t *testing.T) {
	bothWriters(t, func(t *testing.T, w writer[string, int], m *pbuf.Map[string, int], got *recorder[string, int]) {
		must(t, w.Put("k", 1))
		must(t, m.Close())
		wantClosed(t, w, m)
		if len(got.entries()) != 1 {
			t.Errorf("delivered %v, want the entry of before", got.entries())
		}
		if err := m.Close(); err != nil {
			t.Errorf("second Close: %v, want what the first one said", err)
		}
	})
}

// wantClosed calls everything that says ErrClosed on a buffer that is stopped.
func wantClosed(t *testing.T, w writer[string, int], m *pbuf.Map[string, int]) {
	t.Helper()
	wantError(t, "Put", w.Put("k", 1), pbuf.ErrClosed)
	n, err := w.PutAll(pairs("k"))
	wantError(t, "PutAll", err, pbuf.ErrClosed)
	ok, err := w.PutNewer("k", 1, 1)
	wantError(t, "PutNewer", err, pbuf.ErrClosed)
	nn, err := w.PutAllNewer(func(yield func(versioned) bool) { yield(versioned{"k", 1, 1}) })
	wantError(t, "PutAllNewer", err, pbuf.ErrClosed)
	if n != 0 || ok || nn != 0 {
		t.Errorf("a stopped buffer stored: %d, %v, %d", n, ok, nn)
	}
	wantError(t, "PutContext", w.PutContext(t.Context(), "k", 1), pbuf.ErrClosed)
	ok, err = w.PutNewerContext(t.Context(), "k", 1, 1)
	wantError(t, "PutNewerContext", err, pbuf.ErrClosed)
	deleted, err := w.Delete("k")
	wantError(t, "Delete", err, pbuf.ErrClosed)
	if ok || deleted {
		t.Errorf("a stopped buffer stored %v, deleted %v", ok, deleted)
	}
	if e, place := w.Lookup("k"); place != pbuf.Absent || e != (entry{}) {
		t.Errorf("Lookup = %v, %v; want nothing, Absent", e, place)
	}
	if v, ok := w.Get("k"); ok || v != 0 {
		t.Errorf("Get = %d, %v; want nothing", v, ok)
	}
	if size := m.Size(); size != 0 {
		t.Errorf("Size = %d, want 0", size)
	}
	wantError(t, "Flush", m.Flush(t.Context()), pbuf.ErrClosed)
	wantError(t, "UpdateSettings", m.UpdateSettings(func(s *pbuf.Settings) { s.BatchSize = 1 }), pbuf.ErrClosed)
}

func TestErrorTypes(t *testing.T) {
	cause := errors.New("cause")
	t.Run("PanicError of an error", func(t *testing.T) {
		err := &pbuf.PanicError{Value: cause}
		wantError(t, "PanicError", err, cause, "panic", "cause")
	})
	t.Run("PanicError of anything else", func(t *testing.T) {
		err := &pbuf.PanicError{Value: 42}
		if err.Unwrap() != nil || !strings.Contains(err.Error(), "42") {
			t.Errorf("%v unwraps to %v, want the value in the text and nothing inside", err, err.Unwrap())
		}
	})
	t.Run("FlushError", func(t *testing.T) {
		wantError(t, "FlushError", &pbuf.FlushError{Failed: 3, Err: cause}, cause, "Flush", "3 entries", "cause")
	})
	t.Run("UndeliveredError", func(t *testing.T) {
		wantError(t, "UndeliveredError", &pbuf.UndeliveredError{Count: 3, Err: cause}, cause, "Stop", "3 entries", "cause")
	})
	var _ io.Closer = (*pbuf.Map[string, int])(nil)
}
