package main

import (
	"context"
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"
)

// answer is what a poll should return, worked out event by event.
func answer(f *feed, ms int64) map[string]int64 {
	newest := make(map[string]int64)
	for _, e := range f.events {
		for _, rev := range e.revisions {
			if rev.Version <= ms {
				newest[rev.ID] = rev.Version
			}
		}
	}
	for id, version := range newest {
		if version <= ms-24*60*60*1000 {
			delete(newest, id)
		}
	}
	return newest
}

func TestPollAnswersWithTheLastDay(t *testing.T) {
	f := embeddedFeed(t)
	w := window{feed: f}
	for n := 0; n < f.polls(); n += 97 { // a window may also skip polls
		ms := f.pollMS(n)
		want := answer(f, ms)
		got := make(map[string]int64)
		for i, rev := range w.poll(ms) {
			if f.events[i].last().ID != rev.ID {
				t.Fatalf("poll %d: event %d is not %s", n, i, rev.ID)
			}
			if _, twice := got[rev.ID]; twice {
				t.Fatalf("poll %d: %s comes twice", n, rev.ID)
			}
			got[rev.ID] = rev.Version
		}
		if len(got) != len(want) {
			t.Fatalf("poll %d: %d events, want %d", n, len(got), len(want))
		}
		for id, version := range want {
			if got[id] != version {
				t.Fatalf("poll %d: %s has version %d, want %d", n, id, got[id], version)
			}
		}
	}
}

func TestPollsCoverTheFeed(t *testing.T) {
	f := embeddedFeed(t)
	if f.pollMS(0) != f.start() || f.pollMS(f.polls()-1) != f.end() {
		t.Errorf("polls go from %d to %d, the feed from %d to %d", f.pollMS(0), f.pollMS(f.polls()-1), f.start(), f.end())
	}
	if f.pollMS(f.polls()-2) >= f.end() {
		t.Error("the last but one poll is already at the feed's end")
	}
	seen := make(map[string]int64)
	w := window{feed: f}
	for n := range f.polls() {
		for _, rev := range w.poll(f.pollMS(n)) {
			seen[rev.ID] = rev.Version
		}
	}
	for id, rev := range f.newestRevisions() {
		if seen[id] != rev.Version {
			t.Errorf("%s: the last version seen is %d, the newest is %d", id, seen[id], rev.Version)
		}
	}
}

func TestOnePollForOneMoment(t *testing.T) {
	f := mustFeed(t, "a,5,5,1,ml,reviewed,0,0,0,x\n")
	if f.polls() != 1 || f.pollMS(0) != 5 {
		t.Errorf("%d polls, the first at %d; want one at 5", f.polls(), f.pollMS(0))
	}
}

func TestClockWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock{start: time.Now(), speed: 50_000}
		if err := c.wait(t.Context(), 600_000); err != nil { // ten minutes of the feed
			t.Fatal(err)
		}
		if got := time.Since(c.start); got != 12*time.Millisecond {
			t.Errorf("waited %v, want 12ms", got)
		}
		if err := c.wait(t.Context(), 60_000); err != nil { // long past
			t.Fatal(err)
		}
		if got := time.Since(c.start); got != 12*time.Millisecond {
			t.Errorf("waited for what is past, until %v", got)
		}
	})
}

func TestClockWithSpeedZeroNeverWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := time.Now()
		if err := (clock{start: before}).wait(t.Context(), math.MaxInt64); err != nil {
			t.Fatal(err)
		}
		if got := time.Since(before); got != 0 {
			t.Errorf("waited %v", got)
		}
	})
}

func TestClockEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		for _, speed := range []float64{0, 1e-300, 1} {
			c := clock{start: time.Now(), speed: speed}
			err := c.wait(ctx, maxMS)
			if speed > 0 && !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("speed %g: error %v, want the context's", speed, err)
			}
		}
		if err := (clock{}).wait(ctx, 0); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("speed 0: error %v, want the context's", err)
		}
	})
}
