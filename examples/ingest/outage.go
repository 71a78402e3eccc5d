package main

import (
	"fmt"
	"sync"
	"time"
)

// outage follows the batches that fail, as when the database is away, and says
// when that begins and ends rather than for each batch.
type outage struct {
	note func(line string)

	mu     sync.Mutex
	since  time.Time // of the first failure; zero while all is well
	failed int       // batches since then
	total  int       // batches that ever failed
}

func (o *outage) failure(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.total++
	o.failed++
	if o.since.IsZero() {
		o.since = time.Now()
		o.note(fmt.Sprintf("upserts fail: %v", err))
	}
}

func (o *outage) success() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.since.IsZero() {
		return
	}
	o.note(fmt.Sprintf("upserts work again after %v; %d batches failed", time.Since(o.since).Round(time.Millisecond), o.failed))
	o.since, o.failed = time.Time{}, 0
}

func (o *outage) batches() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.total
}
