package pbuf_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// However writers, deletes, failures, dead letters and Stop meet: the sum is that
// of what the buffer holds, and at the end nothing is left of it.
func TestMaxBytesConcurrentSafe(t *testing.T) {
	const limit, writers, keys = 600, 8, 40
	concat := func(_, old, newer string) string { return (old + newer)[:min(len(old)+len(newer), 30)] }
	for i, test := range []struct {
		policy pbuf.FullPolicy
		merge  func(string, string, string) string
		o      texts
	}{
		{pbuf.Block, nil, texts{Retry: pbuf.Retry{MaxAttempts: 2}}}, // of one partition
		{pbuf.Block, concat, texts{Tombstones: true}},
		{pbuf.Reject, concat, texts{Capacity: 30}},
		{pbuf.DropNewest, nil, texts{VersionMemory: 5}},
		{pbuf.DropOldest, concat, texts{Tombstones: true, Retry: pbuf.Retry{MaxAttempts: 3}}},
		{pbuf.DropOldest, nil, texts{Retry: pbuf.Retry{Policy: pbuf.GiveUp}}},
	} {
		var calls, letters atomic.Int64
		var healthy atomic.Bool
		o := test.o
		o.Partitions, o.FlushInterval, o.BatchSize = 1+i%2, time.Millisecond, 8
		o.MaxBytes, o.SizeOf, o.OnFull, o.Merge = limit, textSize, test.policy, test.merge
		if o.Retry.Policy != pbuf.GiveUp {
			o.Retry.InitialBackoff, o.Retry.MaxBackoff = 100*time.Microsecond, time.Millisecond
		}
		o.DeadLetter = func(context.Context, []textEntry, error) error {
			if letters.Add(1)%2 == 0 {
				return errSink
			}
			return nil
		}
		o.Processor = func(_ context.Context, batch []textEntry) error {
			switch n := calls.Add(1); {
			case healthy.Load():
			case n%3 == 0:
				return errDown
			case n%3 == 1:
				return pbuf.Failed(errDown, batch[:1+len(batch)/2]...)
			case n%7 == 0:
				return pbuf.Permanent(errDown)
			}
			return nil
		}
		m := start(t, o)
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				r := rand.New(rand.NewPCG(uint64(w), 1))
				for i := range 400 {
					// A letter and a size that is the key's own: values do not grow.
					n := r.IntN(keys)
					key := string(rune('A' + n))
					value := of(5 + n%25)
					var err error
					switch r.IntN(8) {
					case 0:
						_, err = m.Delete(key)
					case 1, 2:
						_, err = m.PutNewer(key, value, int64(i))
					case 3:
						if o.Tombstones {
							_, err = m.DeleteNewer(key, int64(i))
						}
					case 4:
						if s := m.Stats(); s.Bytes > limit && o.Partitions == 1 && o.Merge == nil {
							t.Errorf("case %d: %d bytes of %d", i, s.Bytes, limit)
						}
					default:
						err = m.Put(key, value)
					}
					if err != nil && (test.policy != pbuf.Reject || !errors.Is(err, pbuf.ErrFull)) {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		healthy.Store(true)
		// A delivery that failed just before may still be in hand.
		for m.Flush(t.Context()) != nil || m.Stats().Size > 0 {
		}
		wantBytes(t, m, 0)
		must(t, m.UpdateSettings(func(s *pbuf.Settings) { s.FlushInterval = never }))
		flush(t, m)
		// The entry that just fits would wait, be refused or be dropped if a byte were lost.
		dropped := m.Stats().Dropped
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		must(t, m.PutContext(ctx, "l", of(limit)))
		cancel()
		if _, ok := m.Get("l"); !ok || m.Stats().Dropped != dropped {
			t.Errorf("case %d: the entry that just fits was dropped", i)
		}
		flush(t, m)
		var sum int64
		for _, k := range []string{"a", "b", "c"} {
			must(t, m.Put(k, of(7)))
		}
		for e := range m.All() {
			sum += int64(textSize(e.Key, e.Value))
		}
		wantBytes(t, m, sum)
		must(t, m.Close())
		balanced(t, m)
		wantBytes(t, m, 0)
	}
}
