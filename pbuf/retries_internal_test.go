package pbuf

import (
	"testing"
	"time"
)

// While the sink is down nothing that failed is tried, be its own backoff over or not;
// once it has answered each waits for its own alone.
func TestWhatFailedWaitsForTheSink(t *testing.T) {
	var r retries[string]
	o := Retry{}
	if err := o.resolve(); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	var wait time.Duration
	for range 5 {
		r.begin()
		wait = r.end(&o, outcome{failed: true}, time.Second, now)
	}
	due := &mark{due: now}
	if !r.waits(due, now.Add(wait-1)) || r.waits(due, now.Add(wait)) {
		t.Errorf("a due entry does not wait for %v", wait)
	}
	r.begin()
	r.end(&o, outcome{answered: true}, time.Second, now)
	if r.waits(due, now) || !r.waits(&mark{due: now.Add(1)}, now) || r.waits(nil, now) {
		t.Error("what is due waits for a sink that has answered, or what is not due does not wait")
	}
}

// The flusher wakes for the first of those that wait, in whatever order they went back.
func TestTheFirstRetryIsWaitedFor(t *testing.T) {
	var r retries[string]
	now := time.Now()
	for _, s := range []time.Duration{2, 1, 3} {
		r.wait(1, now.Add(s*time.Second))
	}
	if want := now.Add(time.Second); !r.earliest.Equal(want) || r.buffered != 3 {
		t.Errorf("earliest %v, want %v; %d buffered, want 3", r.earliest, want, r.buffered)
	}
}
