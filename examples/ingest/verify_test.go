package main

import (
	"errors"
	"iter"
	"slices"
	"testing"
)

func rowsOf(list []revision, end error) iter.Seq2[revision, error] {
	return func(yield func(revision, error) bool) {
		for _, r := range list {
			if !yield(r, nil) {
				return
			}
		}
		if end != nil {
			yield(revision{}, end)
		}
	}
}

func TestVerify(t *testing.T) {
	a, b := at("a", 1), at("b", 2)
	older := at("b", 1)
	unreviewed := b
	unreviewed.Quake.Status, unreviewed.Quake.MagType = "automatic", "mx"
	want := map[string]revision{"a": a, "b": b}
	tests := map[string]struct {
		rows        []revision
		differences []string
	}{
		"equal, any order": {[]revision{b, a}, nil},
		"missing":          {[]revision{b}, []string{"a: no row"}},
		"all missing":      {nil, []string{"a: no row", "b: no row"}},
		"twice":            {[]revision{a, b, a}, []string{"a: the row is there twice"}},
		"unknown":          {[]revision{a, b, at("c", 1)}, []string{"c: nobody put this row"}},
		"two columns":      {[]revision{a, unreviewed}, []string{"b: mag_type is mx, want mmm; status is automatic, want sb"}},
		"older": {[]revision{a, older}, []string{"b: version is 1, want 2; time_ms is 2, want 3; mag is 0.14285714285714285, want 0.2857142857142857; " +
			"mag_type is mm, want mmm; longitude is 0.3333333333333333, want 0.6666666666666666; " +
			"latitude is -0.3333333333333333, want -0.6666666666666666; depth_km is 0.09090909090909091, want 0.18181818181818182"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			n, got, err := verify(rowsOf(test.rows, nil), want)
			if err != nil || n != len(test.rows) || !slices.Equal(got, test.differences) {
				t.Errorf("verify: %d rows, %q, %v; want %d rows, %q", n, got, err, len(test.rows), test.differences)
			}
		})
	}
}

func TestVerifyReportsAReadError(t *testing.T) {
	broken := errors.New("broken")
	_, _, err := verify(rowsOf([]revision{at("a", 1)}, broken), map[string]revision{"a": at("a", 1)})
	if !errors.Is(err, broken) || err.Error() != "verify: row 2: broken" {
		t.Errorf("verify: %v, want %v with the row", err, broken)
	}
}
