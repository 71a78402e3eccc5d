package sinktest

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/partitioned-buffer/go/pbuf"
)

// Fates are what an error says became of the batch's entries: keys, those to be
// given up with a cross behind them.
func Fates(err error) (all []string) {
	switch e := err.(type) {
	case *pbuf.FailedError[string, int]:
		cross := ""
		if errors.As(e, new(*pbuf.PermanentError)) {
			cross = "†"
		}
		for _, one := range e.Entries {
			all = append(all, one.Key+cross)
		}
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			all = append(all, Fates(one)...)
		}
	case interface{ Unwrap() error }:
		return Fates(e.Unwrap())
	}
	slices.Sort(all)
	return all
}

// WantFates wants these, and an error that says of which table.
func WantFates(tb testing.TB, err error, keys ...string) {
	tb.Helper()
	if got := Fates(err); !slices.Equal(got, keys) {
		tb.Errorf("failed: %q, want %q; %v", got, keys, err)
	}
	if len(keys) > 0 && !strings.HasPrefix(err.Error(), "pbuf: table readings: ") {
		tb.Errorf("error %q does not say where", err)
	}
}
