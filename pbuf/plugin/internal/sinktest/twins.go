package sinktest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// TwinsWant is what SELECT value FROM readings ORDER BY id gives after Twins.
var TwinsWant = []string{"3", "4", "32", "5"}

// Trimmed has keys that differ in spaces at their end be one.
func Trimmed(e Entry) any { return strings.TrimRight(e.Key, " ") }

// Twins has a buffer that sums and replays deliver keys that are one for the table, in
// one batch, and keys that are not. One is refused, for a value of 1000. The first
// delivery is repeated.
func Twins(t *testing.T, p Processor) {
	t.Helper()
	delivered := 0
	m, err := pbuf.New(pbuf.Options[string, int]{
		Partitions: 1, FlushInterval: time.Hour,
		Processor: func(ctx context.Context, batch []Entry) error {
			if err := p(ctx, batch); err != nil {
				return err
			}
			if delivered++; delivered == 1 {
				return errors.New("written, but nobody knows")
			}
			return nil
		},
		Merge: func(_ string, old, new int) int { return old + new },
		Retry: pbuf.Retry{Policy: pbuf.Replay, InitialBackoff: time.Millisecond, MaxBackoff: time.Millisecond},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	for i, key := range []string{"a", "a ", "b"} {
		if err := m.Put(key, 1<<i); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 32 {
		if err := m.Put(fmt.Sprint("c", strings.Repeat(" ", i)), 1); err != nil {
			t.Fatal(err)
		}
	}
	for key, value := range map[string]int{"d": 5, "d ": 1000} {
		if err := m.Put(key, value); err != nil {
			t.Fatal(err)
		}
	}
	Flush(t, m)
	if dropped := m.Stats().Dropped; delivered != 2 || dropped != 1 {
		t.Errorf("%d deliveries, want one repeated; %d dropped, want the refused one", delivered, dropped)
	}
}
