package pbuf_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/codec"
)

// wantOmitted wants an error that counts so many entries, and that it says these words.
func wantOmitted(t *testing.T, err error, count int, words ...string) {
	t.Helper()
	var left *pbuf.OmittedError
	if !errors.As(err, &left) || left.Count != count {
		t.Fatalf("error %v, want an OmittedError that counts %d", err, count)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("error %q does not say %q", err, word)
		}
	}
}

// wantKept writes the entries and wants those at these places back, with an error that
// counts the others.
func wantKept[K comparable, V any](t *testing.T, c pbuf.Codec, entries []pbuf.Entry[K, V], places []int, words ...string) {
	t.Helper()
	var file bytes.Buffer
	err := pbuf.WriteSnapshot(&file, slices.Values(entries), c)
	if left := len(entries) - len(places); left > 0 {
		wantOmitted(t, err, left, words...)
	} else {
		must(t, err)
	}
	got, err := pbuf.ReadSnapshot[K, V](&file, c)
	must(t, err)
	var want []pbuf.Entry[K, V]
	for _, i := range places {
		want = append(want, entries[i])
	}
	numbers := cmp.Comparer(func(a, b *big.Int) bool { return a == b || a != nil && b != nil && a.Cmp(b) == 0 })
	if diff := cmp.Diff(want, got, numbers, cmp.Comparer(same[float64]), cmp.AllowUnexported(hidden{}, big.Int{})); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
}

func same[T comparable](a, b T) bool { return a == b || a != a && b != b }

type hidden struct{ a int }

type spot struct{ X int }

// One entry that the codec cannot keep costs no other.
func TestSnapshotLeavesOutWhatTheCodecCannotKeep(t *testing.T) {
	nan := math.NaN()
	t.Run("value", func(t *testing.T) {
		wantKept(t, codec.JSON, []pbuf.Entry[string, float64]{{Key: "a", Value: 1}, {Key: "b", Value: nan}, {Key: "c", Value: 3}}, []int{0, 2}, "entry 1", "NaN")
	})
	t.Run("keys that JSON makes one of", func(t *testing.T) {
		wantKept(t, codec.JSON, []entry{{Key: "\xff", Value: 1}, {Key: "k", Value: 2}, {Key: "\xfe", Value: 3}}, []int{1}, "entry 0", "entry 2", "another key")
	})
	t.Run("keys with hidden fields", func(t *testing.T) {
		wantKept(t, codec.JSON, []pbuf.Entry[hidden, int]{{Key: hidden{1}}, {Key: hidden{2}}}, nil, "another key")
	})
	t.Run("keys of another type", func(t *testing.T) {
		wantKept(t, codec.JSON, []pbuf.Entry[any, int]{{Key: 1}, {Key: "a"}, {Key: [1]int{1}}}, []int{1}, "another key")
	})
	t.Run("NaN as a key", func(t *testing.T) {
		wantKept(t, codec.Gob, []pbuf.Entry[float64, int]{{Key: nan, Value: 1}, {Key: 2, Value: 2}}, []int{0, 1})
	})
	t.Run("nil pointers in Gob", func(t *testing.T) {
		wantKept(t, codec.Gob, []pbuf.Entry[string, *spot]{{Key: "a", Value: &spot{1}}, {Key: "b"}}, []int{0}, "entry 1", "nil pointer")
	})
	t.Run("nil pointers in JSON", func(t *testing.T) {
		wantKept(t, codec.JSON, []pbuf.Entry[string, *spot]{{Key: "a", Value: &spot{1}}, {Key: "b"}}, []int{0, 1})
	})
}

// Types whose methods have pointer receivers, and interfaces, come back as they were.
func TestSnapshotOfPointerReceivers(t *testing.T) {
	for name, c := range map[string]pbuf.Codec{"JSON": codec.JSON, "Gob": codec.Gob} {
		t.Run(name, func(t *testing.T) {
			wantKept(t, c, []pbuf.Entry[string, big.Int]{{Key: "a", Value: *big.NewInt(5)}}, []int{0})
			wantKept(t, c, []pbuf.Entry[string, any]{{Key: "a", Value: "x"}, {Key: "b"}, {Key: "c", Value: 2.5}}, []int{0, 1, 2})
		})
	}
}

// A codec that panics is one that fails, for that entry.
func TestSnapshotOfPanickingCodecs(t *testing.T) {
	at := func(n int, do func()) func() {
		calls := 0
		return func() {
			if calls++; calls == n {
				do()
			}
		}
	}
	boom := func() { panic(errDown) }
	c := codec.JSON
	tick := at(3, boom) // the first value is the second
	c.Marshal = func(v any) ([]byte, error) { tick(); return json.Marshal(v) }
	var panicked *pbuf.PanicError
	var file bytes.Buffer
	err := pbuf.WriteSnapshot(&file, slices.Values(keepsakes), c)
	if wantOmitted(t, err, 1, "entry 1"); !errors.As(err, &panicked) || !errors.Is(err, errDown) {
		t.Errorf("error %v, want a PanicError", err)
	}

	tick = at(3, boom)
	c.Unmarshal = func(data []byte, v any) error { tick(); return json.Unmarshal(data, v) }
	got, err := pbuf.ReadSnapshot[string, int](&file, c)
	if wantOmitted(t, err, 1, "entry 1"); !errors.As(err, &panicked) {
		t.Errorf("error %v, want a PanicError", err)
	}
	if diff := cmp.Diff([]entry{keepsakes[0], keepsakes[3], keepsakes[4], keepsakes[5]}, got); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
}

// What Unmarshal gets is its own: it may decode there, keep it and append to it.
func TestSnapshotWithACodecThatWritesToItsData(t *testing.T) {
	flip := func(data []byte) {
		for i := range data {
			data[i] ^= 0x55
		}
	}
	c := pbuf.Codec{
		Marshal: func(v any) ([]byte, error) {
			data, err := json.Marshal(v)
			flip(data)
			return data, err
		},
		Unmarshal: func(data []byte, v any) error {
			flip(data)
			err := json.Unmarshal(data, v)
			_ = append(data, "this would be in what follows"...)
			return err
		},
	}
	var file bytes.Buffer
	must(t, pbuf.WriteSnapshot(&file, slices.Values(keepsakes), c))
	got, err := pbuf.ReadSnapshot[string, int](&file, c)
	must(t, err)
	if diff := cmp.Diff(keepsakes, got); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
}

// A map could not hold what such a codec reads.
func TestSnapshotOfKeysThatCannotBeCompared(t *testing.T) {
	var file bytes.Buffer
	must(t, pbuf.WriteSnapshot(&file, slices.Values([]pbuf.Entry[any, int]{{Key: "a"}, {Key: "b"}}), codec.JSON))
	c := codec.JSON
	c.Unmarshal = func(data []byte, v any) error {
		if key, ok := v.(*any); ok && string(data) == `"a"` {
			*key = []int{1}
			return nil
		}
		return json.Unmarshal(data, v)
	}
	got, err := pbuf.ReadSnapshot[any, int](&file, c)
	wantOmitted(t, err, 1, "entry 0")
	if diff := cmp.Diff([]pbuf.Entry[any, int]{{Key: "b"}}, got); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
}

// Whatever else is wrong, each of the three errors is found.
func TestReadSnapshotJoinsWhatIsWrong(t *testing.T) {
	whole := snapshotOf(t, codec.JSON, keepsakes)
	other := codec.JSON
	other.Unmarshal = func([]byte, any) error { return errDown }
	damaged := slices.Clone(whole)
	damaged[ends(t)[1]] ^= 1
	for name, test := range map[string]struct {
		data []byte
		tail error
		want []error
	}{
		"cut short":                      {whole[:len(whole)-1], nil, []error{pbuf.ErrSnapshot}},
		"damaged":                        {damaged, nil, []error{pbuf.ErrSnapshot}},
		"reader fails":                   {whole[:len(whole)-1], io.ErrClosedPipe, []error{io.ErrClosedPipe}},
		"reader fails at once":           {nil, io.ErrClosedPipe, []error{io.ErrClosedPipe}},
		"reader fails on a damaged file": {damaged[:len(damaged)-1], io.ErrClosedPipe, []error{io.ErrClosedPipe, pbuf.ErrSnapshot}},
		"reader fails on something else": {[]byte("once"), io.ErrClosedPipe, []error{io.ErrClosedPipe, pbuf.ErrSnapshot}},
	} {
		for _, c := range []pbuf.Codec{codec.JSON, other} {
			want := test.want
			r := io.Reader(bytes.NewReader(test.data))
			if test.tail != nil {
				r = io.MultiReader(r, iotest.ErrReader(test.tail))
			}
			got, err := pbuf.ReadSnapshot[string, int](r, c)
			if len(got) == 0 && len(test.data) > 10 {
				want = append(slices.Clone(want), errDown)
			}
			for _, target := range []error{pbuf.ErrSnapshot, io.ErrClosedPipe, errDown} {
				if errors.Is(err, target) != slices.Contains(want, target) {
					t.Errorf("%s: error is %v, want one that wraps just %v", name, err, want)
				}
			}
		}
	}
}

// An end within the file is one of a value that is a snapshot, or of two files in one.
func TestReadSnapshotGoesOnAfterAnEnd(t *testing.T) {
	raw := pbuf.Codec{
		Marshal:   func(v any) ([]byte, error) { return []byte(*v.(*string)), nil },
		Unmarshal: func(data []byte, v any) error { *v.(*string) = string(data); return nil },
	}
	inner := snapshotOf(t, codec.JSON, nil)
	var file bytes.Buffer
	entries := []pbuf.Entry[string, string]{{Key: "one", Value: string(inner)}, {Key: "two", Value: "2"}}
	must(t, pbuf.WriteSnapshot(&file, slices.Values(entries), raw))
	data := file.Bytes()
	data[len("pbufsnap\x01")+5] ^= 1 // the checksum of the first
	got, err := pbuf.ReadSnapshot[string, string](bytes.NewReader(data), raw)
	if diff := cmp.Diff(entries[1:], got); diff != "" || !errors.Is(err, pbuf.ErrSnapshot) {
		t.Errorf("error %v, entries (-want +got):\n%s", err, diff)
	}
}
