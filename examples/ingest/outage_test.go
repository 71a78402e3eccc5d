package main

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestOutageSaysWhenItBeginsAndEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var notes []string
		o := outage{note: func(line string) { notes = append(notes, line) }}
		o.success()
		for range 3 {
			o.failure(errors.New("connection refused"))
			time.Sleep(500 * time.Millisecond) // the bubble's time
		}
		o.success()
		o.success()
		o.failure(errors.New("disk full"))
		want := []string{
			"upserts fail: connection refused",
			"upserts work again after 1.5s; 3 batches failed",
			"upserts fail: disk full",
		}
		if !slices.Equal(notes, want) || o.batches() != 4 {
			t.Errorf("%d batches failed, notes %q; want 4 and %q", o.batches(), notes, want)
		}
	})
}
