package fuzz

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/partitioned-buffer/go/pbuf"
)

// FuzzOptions builds buffers of arbitrary numbers: each is either refused with
// an error that wraps ErrOptions and names a value of ours, or works. Changes of
// a running one likewise, and a refused change changes nothing.
func FuzzOptions(f *testing.F) {
	f.Add(0, int64(0), int64(0), 0, 0, "", false)
	f.Add(3, int64(100_000), int64(99_999), 1, 1, "a", true)
	f.Add(3, int64(100_000), int64(100_000), 0, 1, "a", true)
	f.Add(-1, int64(-1), int64(-1), -1, -1, "\x00", false)
	f.Add(0, int64(0), int64(0), 0, 0, "a\xff", false)
	f.Add(1<<16+1, int64(1)<<62, int64(1)<<62, 1<<30, 1<<30, "name", true)
	f.Fuzz(func(t *testing.T, partitions int, interval, timeout int64, batch, threshold int, name string, table bool) {
		if partitions > 64 && partitions <= 1<<16 {
			partitions %= 64 // each is a goroutine
		}
		delivered := make(chan int, 1)
		o := pbuf.Options[int, int]{
			Name: name, Partitions: partitions, FlushInterval: time.Duration(interval),
			ProcessorTimeout: time.Duration(timeout), BatchSize: batch, FlushThreshold: threshold,
		}
		if table {
			o.TableProcessor = func(_ context.Context, table *pbuf.Table[int, int]) error {
				delivered <- table.Len()
				return nil
			}
		} else {
			o.Processor = func(_ context.Context, batch []pbuf.Entry[int, int]) error {
				delivered <- len(batch)
				return nil
			}
		}
		short := func(d int64) bool { return d < int64(100*time.Microsecond) }
		bad := table && batch != 0 || partitions < 0 || partitions > 1<<16 || batch < 0 || threshold < 0 ||
			interval != 0 && short(interval) || timeout != 0 && short(timeout) || !utf8.ValidString(name)
		m, err := pbuf.New(o)
		if bad {
			if m != nil || !errors.Is(err, pbuf.ErrOptions) || !strings.HasPrefix(err.Error(), "pbuf: ") {
				t.Fatalf("New(%+v) = %v, want ErrOptions", o, err)
			}
			return
		}
		if err != nil {
			t.Fatalf("New(%+v) = %v", o, err)
		}
		before := m.Settings()
		next := pbuf.Settings{
			FlushInterval: time.Duration(interval), ProcessorTimeout: time.Duration(timeout),
			BatchSize: batch, FlushThreshold: threshold,
		}
		change := m.UpdateSettings(func(s *pbuf.Settings) { *s = next })
		zero := interval == 0 || timeout == 0 || !table && batch == 0 // New's default, and no value to change to
		if zero != errors.Is(change, pbuf.ErrOptions) || !zero && change != nil {
			t.Fatalf("UpdateSettings = %v", change)
		}
		if zero {
			next = before
		}
		if s := m.Settings(); s != next {
			t.Fatalf("Settings = %+v, want %+v", s, next)
		}
		if err := m.Put(1, 1); err != nil {
			t.Fatalf("Put: %v", err)
		}
		if err := m.Close(); err != nil {
			t.Fatalf("Close: %v", err)
		}
		if n := <-delivered; n != 1 {
			t.Fatalf("%d entries delivered, want 1", n)
		}
	})
}
