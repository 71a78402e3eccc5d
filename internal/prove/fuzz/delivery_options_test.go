package fuzz

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// FuzzDeliveryOptions is FuzzOptions for those that decide about failed
// deliveries and full buffers. One that is accepted survives a failed delivery:
// what was put is then delivered, or reported, or was dropped for want of room.
func FuzzDeliveryOptions(f *testing.F) {
	f.Add(byte(0), 0, int64(0), int64(0), 0, byte(0), 0, 0)
	f.Add(byte(0), 3, int64(time.Second), int64(time.Minute), 2, byte(1), 1, 1)
	f.Add(byte(1), 0, int64(0), int64(0), 1, byte(2), math.MaxInt, math.MaxInt)
	f.Add(byte(1), 1, int64(0), int64(0), 0, byte(3), 0, 1)
	f.Add(byte(2), -1, int64(-1), int64(-1), -1, byte(4), -1, -1)
	f.Add(byte(0), 128, int64(1)<<62, int64(1)<<62, 1<<30, byte(0), 1<<30, 0)
	f.Add(byte(0), 127, int64(1)<<62, int64(99_999), 0, byte(0), 0, 0)
	f.Add(byte(0), 127, int64(100_000), int64(100_000), 0, byte(0), 0, 0)
	f.Add(byte(2), 127, int64(100_000), int64(100_000), 54, byte(0), 0, 0)
	f.Fuzz(func(t *testing.T, policy byte, attempts int, initial, longest int64, capacity int, onFull byte, memory, bytes int) {
		retry := pbuf.Retry{
			Policy: pbuf.RetryPolicy(policy), MaxAttempts: attempts,
			InitialBackoff: time.Duration(initial), MaxBackoff: time.Duration(longest),
		}
		calls := 0
		o := pbuf.Options[int, int]{
			Partitions: 1, FlushInterval: never, Retry: retry, Capacity: capacity,
			OnFull: pbuf.FullPolicy(onFull), VersionMemory: memory, MaxBytes: bytes,
			Processor: func(context.Context, []pbuf.Entry[int, int]) error {
				if calls++; calls == 1 {
					return errSink
				}
				return nil
			},
		}
		if bytes != 0 {
			o.SizeOf = func(int, int) int { return 1 }
		}
		m, err := pbuf.New(o)
		if badDelivery(&o) {
			if m != nil || !errors.Is(err, pbuf.ErrOptions) || !strings.HasPrefix(err.Error(), "pbuf: ") {
				t.Fatalf("New(%+v) = %v, want ErrOptions", o, err)
			}
			return
		}
		if err != nil {
			t.Fatalf("New(%+v) = %v", o, err)
		}
		if stored, err := m.PutNewer(1, 1, 5); !stored || err != nil {
			t.Fatalf("PutNewer = %v, %v, want room for one", stored, err)
		}
		if err := m.Flush(t.Context()); !errors.Is(err, errSink) {
			t.Fatalf("Flush = %v, want the processor's error", err)
		}
		s := m.Stats()
		if s.Balance() != 0 || s.BackingOff < 0 || s.Size+s.InFlight+int(s.Dropped+s.Delivered) != 1 {
			t.Fatalf("after the failure: %+v", s.PartitionStats)
		}
		if err := m.Close(); err != nil {
			t.Fatalf("Close = %v", err)
		}
		if s := m.Stats(); s.Balance() != 0 || s.Delivered+s.Dropped != 1 {
			t.Fatalf("at the end: %+v", s.PartitionStats)
		}
	})
}

// badDelivery says what New must refuse.
func badDelivery(o *pbuf.Options[int, int]) bool {
	r, most := o.Retry, int64(1)<<48
	longest := r.MaxBackoff
	if longest == 0 {
		longest = max(pbuf.DefaultMaxBackoff, r.InitialBackoff)
	}
	first := r.InitialBackoff
	if first == 0 {
		first = pbuf.DefaultInitialBackoff
	}
	short := func(d time.Duration) bool { return d != 0 && d < 100*time.Microsecond }
	return r.Policy > pbuf.Replay || r.MaxAttempts < 0 || r.MaxAttempts > pbuf.MaxAttempts || short(r.InitialBackoff) || short(r.MaxBackoff) ||
		r.Policy == pbuf.GiveUp && r != pbuf.Retry{Policy: pbuf.GiveUp} || r.Policy != pbuf.GiveUp && longest < first ||
		o.Capacity < 0 || int64(o.Capacity) > most || o.MaxBytes < 0 || int64(o.MaxBytes) > most || o.VersionMemory < 0 ||
		o.OnFull > pbuf.DropNewest || o.OnFull != pbuf.Block && o.Capacity == 0 && o.MaxBytes == 0
}
