package pbuf_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/partitioned-buffer/go/pbuf"
)

// Who waits for room gets it from a delivery, a Delete and a smaller value.
func TestMaxBytesBlock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var down atomic.Bool
		down.Store(true)
		m := start(t, texts{
			Partitions: 2, FlushInterval: never, MaxBytes: 10, SizeOf: textSize,
			PartitionBy: func(k string) uint64 { return uint64(k[0]) },
			Retry:       pbuf.Retry{InitialBackoff: time.Hour, MaxBackoff: time.Hour},
			Processor: func(context.Context, []textEntry) error {
				if down.Load() {
					return errDown
				}
				return nil
			},
		})
		put := func(key string, size int) chan error {
			done := make(chan error, 1)
			go func() { done <- m.Put(key, of(size)) }()
			synctest.Wait()
			return done
		}
		waits := func(done chan error) {
			t.Helper()
			select {
			case err := <-done:
				t.Errorf("Put = %v, want it to wait", err)
			default:
			}
		}
		must(t, m.Put("a", of(10)))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := m.PutContext(ctx, "b", of(1))
		if wantError(t, "PutContext", err, pbuf.ErrFull); errors.Is(err, pbuf.ErrTooLarge) {
			t.Errorf("PutContext = %v, but waiting would help", err)
		}
		err = m.Put("b", of(11)) // no room would do
		wantError(t, "Put", err, pbuf.ErrTooLarge, "11 bytes")
		wantError(t, "Put", err, pbuf.ErrFull)
		d, b, c := put("d", 9), put("b", 3), put("c", 3) // who needs most is first in the queue
		waits(b)
		must(t, m.Put("a", of(7))) // room for one of the two
		synctest.Wait()
		if len(b)+len(c) != 1 {
			t.Errorf("%d writes got in, want 1", len(b)+len(c))
		}
		if ok, err := m.Delete("a"); !ok || err != nil {
			t.Errorf("Delete = %v, %v", ok, err)
		}
		must(t, <-b)
		must(t, <-c)
		waits(d)
		down.Store(false)
		time.Sleep(time.Hour)
		must(t, <-d)
		e := put("e", 5)
		must(t, <-e) // if it had to wait, d was delivered for it
		f := put("f", 9)
		_ = m.Close()
		if err := <-f; err != nil && !errors.Is(err, pbuf.ErrClosed) {
			t.Errorf("Put = %v during Close", err)
		}
		wantBytes(t, m, 0)
		balanced(t, m)
	})
}

func TestMaxBytesDrop(t *testing.T) {
	for _, test := range []struct {
		policy pbuf.FullPolicy
		want   []string
	}{{pbuf.DropNewest, []string{"a", "b", "in flight"}}, {pbuf.DropOldest, []string{"c", "in flight"}}} {
		var got recorder[string, string]
		busy, release := make(chan struct{}), make(chan struct{})
		m := start(t, texts{
			Partitions: 1, FlushInterval: never, MaxBytes: 20, OnFull: test.policy, SizeOf: textSize,
			Processor: func(ctx context.Context, batch []textEntry) error {
				if batch[0].Key == "in flight" {
					close(busy)
					<-release
				}
				return got.process(ctx, batch)
			},
		})
		must(t, m.Put("in flight", "x"))
		flushed := make(chan error)
		go func() { flushed <- m.Flush(t.Context()) }()
		<-busy
		must(t, m.Put("a", of(5)))
		must(t, m.Put("b", of(5)))
		must(t, m.Put("z", of(21))) // never fits: nothing else is dropped for it
		must(t, m.Put("c", of(9)))  // takes the room of both
		close(release)
		must(t, <-flushed)
		must(t, m.Close())
		var keys []string
		for _, e := range got.entries() {
			keys = append(keys, e.Key)
		}
		slices.Sort(keys)
		if diff := cmp.Diff(test.want, keys); diff != "" {
			t.Errorf("%v: delivered (-want +got):\n%s", test.policy, diff)
		}
		if s := balanced(t, m); int(s.Dropped) != 5-len(test.want) || s.Bytes != 0 {
			t.Errorf("%v: %+v", test.policy, s)
		}
	}
}
