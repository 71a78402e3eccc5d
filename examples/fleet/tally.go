package main

import (
	"encoding/json"
	"slices"
	"sync"
	"time"
)

// tally adds up what all lives of all workers have reported.
type tally struct {
	mu    sync.Mutex
	lives []*report // guarded by mu: the last line of each
	lags  []time.Duration
	bad   error // guarded by mu: a line that could not be read
}

// life returns what takes the lines of a new life.
func (t *tally) life() func(line []byte) {
	last := &report{}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lives = append(t.lives, last)
	return func(line []byte) {
		var r report
		err := json.Unmarshal(line, &r)
		t.mu.Lock()
		defer t.mu.Unlock()
		if err != nil {
			t.bad = err
			return
		}
		t.lags = append(t.lags, r.Lags...)
		*last = r
	}
}

// sum is the total.
func (t *tally) sum() (sum report) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.lives {
		sum.Fetched += r.Fetched
		sum.Redelivered += r.Redelivered
		sum.Stored += r.Stored
		sum.Stale += r.Stale
		sum.Acked += r.Acked
		sum.Nacked += r.Nacked
		sum.Extended += r.Extended
		sum.Commits += r.Commits
		sum.Known += r.Known
		sum.Fenced += r.Fenced
		sum.Upserts += r.Upserts
		sum.Changed += r.Changed
	}
	return sum
}

// lag is a quantile of the samples.
func (t *tally) lag(quantile float64) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.lags) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(t.lags))
	return sorted[min(len(sorted)-1, int(quantile*float64(len(sorted))))].Round(time.Millisecond)
}
