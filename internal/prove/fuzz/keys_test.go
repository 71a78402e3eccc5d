package fuzz

import (
	"context"
	"math"
	"testing"

	"github.com/partitioned-buffer/go/pbuf"
)

type named string

type pair struct {
	Text string
	N    int64
	F    float64
}

// FuzzKeys sends two keys of each kind through routing and index. Keys that are
// equal are one entry, others are two; a key that is not equal to itself (NaN)
// is a new entry at each write, which no Get or Delete finds, and which is
// delivered like any other: as in Go's maps.
func FuzzKeys(f *testing.F) {
	f.Add("", "", int64(0), int64(0), 0.0, 0.0)
	f.Add("a", "a", int64(1), int64(1), math.NaN(), math.NaN())
	f.Add("a", "b", int64(-1), int64(1)<<32-1, 0.0, math.Copysign(0, -1))
	f.Add("0123456789abcdef0123456789abcdef", "0123456789abcdef", int64(math.MaxInt64), int64(math.MinInt64), math.Inf(1), math.Inf(-1))
	f.Fuzz(func(t *testing.T, s1, s2 string, n1, n2 int64, f1, f2 float64) {
		twoKeys(t, s1, s2)
		twoKeys(t, named(s1), named(s2))
		twoKeys(t, bytes16(s1), bytes16(s2))
		twoKeys(t, n1, n2)
		twoKeys(t, int32(n1), int32(n2))
		twoKeys(t, uint8(n1), uint8(n2))
		twoKeys(t, f1, f2)
		twoKeys(t, float32(f1), float32(f2))
		twoKeys(t, pair{s1, n1, f1}, pair{s2, n2, f2})
		// Kinds under an interface cost no compilation of a Map of their own.
		twoKeys[any](t, s1, named(s2))
		twoKeys[any](t, complex(f1, f2), complex(f2, f1))
		twoKeys[any](t, [2]float64{f1, f2}, [2]float64{f2, f1})
		twoKeys[any](t, int16(n1), int16(n2))
		twoKeys[any](t, n1&1 == 0, n2&1 == 0)
		twoKeys[any](t, n1, int32(n1))
		twoKeys[any](t, f1, pair{s1, n1, f2})
		twoKeys[any](t, nil, s1)
		twoKeys(t, &s1, &s2)
	})
}

func bytes16(s string) (b [16]byte) {
	copy(b[:], s)
	return b
}

func twoKeys[K comparable](t *testing.T, a, b K) {
	t.Helper()
	delivered := make(chan pbuf.Entry[K, int], 8)
	m, err := pbuf.New(pbuf.Options[K, int]{
		Partitions: 3, FlushInterval: never,
		Processor: func(_ context.Context, batch []pbuf.Entry[K, int]) error {
			for _, e := range batch {
				delivered <- e
			}
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[K]int{}
	for i, key := range []K{a, b, a} {
		if err := m.Put(key, i); err != nil {
			t.Fatalf("Put(%v): %v", key, err)
		}
		want[key] = i // Go's own map says which of them are one key, NaN included
	}
	if got := m.Size(); got != len(want) {
		t.Errorf("%T %v and %v: Size = %d, want %d", a, a, b, got, len(want))
	}
	for _, key := range []K{a, b} {
		v, ok := m.Get(key)
		if w, wantOK := want[key]; v != w || ok != wantOK {
			t.Errorf("%T: Get(%v) = %d, %v, want %d, %v", a, key, v, ok, w, wantOK)
		}
		if v2, ok2 := pbuf.Route(m, key).Get(key); key == key && (v2 != v || ok2 != ok) {
			t.Errorf("%T: Get(%v) routed by itself = %d, %v, want %d, %v", a, key, v2, ok2, v, ok)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	close(delivered)
	n := 0
	for e := range delivered {
		n++
		if w, ok := want[e.Key]; ok && w != e.Value {
			t.Errorf("%T: delivered %+v, want %d", a, e, w)
		}
	}
	if n != len(want) {
		t.Errorf("%T %v and %v: %d entries delivered, want %d", a, a, b, n, len(want))
	}
}
