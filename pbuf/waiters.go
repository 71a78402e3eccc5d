package pbuf

import (
	"slices"
	"sync"
	"sync/atomic"
)

// waiters is the queue of writers that wait for room. Whoever gives room back
// wakes as many. Writers that did not have to wait may overtake them.
type waiters struct {
	// all is set where bytes are bounded: the room of one entry may be enough for
	// several, or not be what the first one waits for.
	all bool

	// told is set while all partitions flush, or have flushed, for the room that is
	// wanted now; the next room that is made clears it.
	told atomic.Bool

	waiting atomic.Int64 // length of queue, for those who free without looking
	mu      sync.Mutex
	queue   []chan struct{} // guarded by mu: first come, first woken
	closed  bool            // guarded by mu
}

// enter joins the queue. The channel is closed when there may be room.
func (q *waiters) enter() chan struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	place := make(chan struct{})
	if q.closed {
		close(place)
		return place
	}
	q.queue = append(q.queue, place)
	// The count is stored before the caller looks at the limit, and whoever frees
	// adds to the limit before it looks at the count: one of the two sees the other.
	q.waiting.Add(1)
	return place
}

// leave leaves the queue. Whoever was woken and did not use it passes it on.
func (q *waiters) leave(place chan struct{}, unused bool) {
	q.mu.Lock()
	if i := slices.Index(q.queue, place); i >= 0 {
		q.queue = slices.Delete(q.queue, i, i+1)
		q.waiting.Add(-1)
	} else {
		unused = true // woken a moment ago
	}
	q.mu.Unlock()
	if unused {
		q.wake(1)
	}
}

// freed is called when n entries' room has been given back.
func (q *waiters) freed(n int) {
	if q.told.Load() {
		q.told.Store(false) // after the room was given: paired with the swap in spread
	}
	q.wake(n)
}

// wake wakes up to n writers, or all.
func (q *waiters) wake(n int) {
	if q.waiting.Load() == 0 { // pairs with enter
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if n = min(n, len(q.queue)); q.all {
		n = len(q.queue)
	}
	for _, place := range q.queue[:n] {
		close(place)
	}
	q.queue = slices.Delete(q.queue, 0, n)
	q.waiting.Add(int64(-n))
}

// close wakes everybody, for good.
func (q *waiters) close() {
	q.mu.Lock()
	q.closed = true
	n := len(q.queue)
	q.mu.Unlock()
	q.wake(n)
}
