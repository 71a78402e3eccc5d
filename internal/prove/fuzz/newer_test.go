package fuzz

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/partitioned-buffer/go/pbuf"
)

// FuzzNewer writes four values to one key, whose version is all but their last digit,
// with flushes between them that deliver, fail or do not happen: a value is stored if
// it is newer than what is held, in the buffer or after a failure, and what is held is
// delivered.
func FuzzNewer(f *testing.F) {
	for _, v := range []int{-11, -1, 0, 1, 9, 10, math.MaxInt - 200} {
		f.Add(v, v+1, v+10, v-10, byte(0))
		f.Add(v, v, v+100, v, byte(0b01_10_01_10))
		f.Add(v+10, v, v+20, v+20, byte(0b10_10_10_10))
	}
	f.Fuzz(func(t *testing.T, a, b, c, d int, flushes byte) {
		down, held, holds := false, 0, false
		var got []int
		m, err := pbuf.New(pbuf.Options[string, int]{
			Partitions: 1, FlushInterval: 1 << 50,
			Newer: func(old, new int) bool { return old/10 < new/10 },
			Processor: func(_ context.Context, batch []pbuf.Entry[string, int]) error {
				if down {
					return errors.New("down")
				}
				got = append(got, batch[0].Value)
				return nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = m.Close() }() // a second time, but for a failure
		for i, v := range []int{a, b, c, d} {
			want := !holds || held/10 < v/10
			if stored, err := m.PutIfNewer("k", v); err != nil || stored != want {
				t.Fatalf("PutIfNewer(%d), number %d, = %v, %v with %d held (%v)", v, i, stored, err, held, holds)
			}
			if want {
				held, holds = v, true
			}
			how := flushes >> (2 * i) & 3
			if how == 0 {
				continue
			}
			down = how == 2
			if err := m.Flush(t.Context()); (err != nil) != down {
				t.Fatalf("Flush = %v with the sink down: %v", err, down)
			}
			holds = down
			if !down && got[len(got)-1] != held {
				t.Fatalf("delivered %v, want %d at last", got, held)
			}
		}
		down = false
		if err := m.Close(); err != nil || holds && got[len(got)-1] != held {
			t.Fatalf("Close = %v, delivered %v, want %d at last (%v)", err, got, held, holds)
		}
	})
}
