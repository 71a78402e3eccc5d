package sink

import (
	"testing"
	"time"
)

type (
	name  string
	small uint8
)

// Keys of every sort have an order that does not depend on where they stand.
func TestCompareIsATotalOrder(t *testing.T) {
	now := time.Now()
	one, two := 1, 2
	for _, sorted := range [][]any{
		{"", "a", "aa", "b"},
		{-1, 0, 7, 10},
		{int64(-1), int64(0), int64(10)},
		{int32(-1), int32(9), int32(10)},
		{small(2), small(10)},
		{0.5, 1.0, 10.0},
		{[]byte(nil), []byte{0}, []byte{0, 1}, []byte{1}},
		{now, now.Add(1)},
		{name("a"), name("b")},
		{[2]byte{1, 2}, [2]byte{1, 3}},
		{nil, &one, &two},
		{false, true},
	} {
		for i, a := range sorted {
			for j, b := range sorted {
				if got, want := compareKeys([]any{"same", a}, []any{"same", b}), i-j; got < 0 != (want < 0) || got > 0 != (want > 0) {
					t.Errorf("%v and %v: %d", a, b, got)
				}
			}
		}
	}
	for _, pair := range [][2]any{{"a", 1}, {int64(1), "b"}, {3, nil}, {[]byte("x"), "y"}, {now, "z"}} {
		if compare(pair[0], pair[1]) != -compare(pair[1], pair[0]) {
			t.Errorf("%v and %v have no order", pair[0], pair[1])
		}
	}
}
