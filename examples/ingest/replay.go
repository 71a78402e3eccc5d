package main

import (
	"context"
	"iter"
	"math"
	"time"
)

// The feed is published anew every minute and holds what happened or changed
// in the last day.
const (
	pollEveryMS = 60_000
	windowMS    = 24 * 60 * pollEveryMS
)

// polls is how many times a poller asks while the feed is replayed.
func (f *feed) polls() int {
	return int((f.end()-f.start()+pollEveryMS-1)/pollEveryMS) + 1
}

// pollMS is the time in the feed of a poller's n-th poll; the last one sees
// the feed's last publication.
func (f *feed) pollMS(n int) int64 {
	return min(f.start()+int64(n)*pollEveryMS, f.end())
}

// window is a poller's view of the feed. It moves only forward.
type window struct {
	feed     *feed
	from, to int // publications[from:to] are of the last day
}

// poll answers a poll at the given time: the newest revision of each event
// that happened or changed in the day before, with the event's index.
func (w *window) poll(ms int64) iter.Seq2[int, *revision] {
	all := w.feed.published
	for w.to < len(all) && all[w.to].rev.Version <= ms {
		w.to++
	}
	for w.from < w.to && all[w.from].rev.Version <= ms-windowMS {
		w.from++
	}
	return func(yield func(int, *revision) bool) {
		for _, p := range all[w.from:w.to] {
			if p.until > ms && !yield(p.event, p.rev) {
				return
			}
		}
	}
}

// clock turns the feed's time into real time.
type clock struct {
	start time.Time
	speed float64 // the feed's seconds per second; 0: nobody waits
}

// wait returns when afterMS of the feed's time have passed since the start, or
// with the context's error.
func (c clock) wait(ctx context.Context, afterMS int64) error {
	if c.speed == 0 {
		return ctx.Err()
	}
	left := time.Until(c.start.Add(c.real(afterMS)))
	if left <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// real is how long afterMS of the feed's time take.
func (c clock) real(afterMS int64) time.Duration {
	if c.speed == 0 {
		return 0
	}
	ns := float64(afterMS) * 1e6 / c.speed
	if ns >= math.MaxInt64 { // a century or more: the caller's context ends it
		return math.MaxInt64
	}
	return time.Duration(ns)
}
