package pbuf

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/partitioned-buffer/go/internal/shard"
)

// room is the bound on a buffer's entries and the queue of writers that wait
// for it. The units are the limit's; whoever gives some back wakes as many
// writers. Writers that did not have to wait may overtake them.
type room struct {
	limit *shard.Limit // nil: no bound
	bytes *budget      // nil: no bound
	err   error        // ErrFull, with the bounds

	waiting atomic.Int64 // length of queue, for those who free without looking
	mu      sync.Mutex
	queue   []chan struct{} // guarded by mu: first come, first woken
	closed  bool            // guarded by mu
}

// enter joins the queue. The channel is closed when there may be room.
func (r *room) enter() chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	place := make(chan struct{})
	if r.closed {
		close(place)
		return place
	}
	r.queue = append(r.queue, place)
	// The count is stored before the caller looks at the limit, and whoever frees
	// adds to the limit before it looks at the count: one of the two sees the other.
	r.waiting.Add(1)
	return place
}

// leave leaves the queue. Whoever was woken and did not use it passes it on.
func (r *room) leave(place chan struct{}, unused bool) {
	r.mu.Lock()
	if i := slices.Index(r.queue, place); i >= 0 {
		r.queue = slices.Delete(r.queue, i, i+1)
		r.waiting.Add(-1)
	} else {
		unused = true // woken a moment ago
	}
	r.mu.Unlock()
	if unused {
		r.wake(1)
	}
}

// wake wakes up to n writers. Where bytes are bounded it wakes all: the room of
// one entry may be enough for several, or not be what the first one waits for.
func (r *room) wake(n int) {
	if r.waiting.Load() == 0 { // pairs with enter
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if n = min(n, len(r.queue)); r.bytes != nil {
		n = len(r.queue)
	}
	for _, place := range r.queue[:n] {
		close(place)
	}
	r.queue = slices.Delete(r.queue, 0, n)
	r.waiting.Add(int64(-n))
}

// close wakes everybody, for good.
func (r *room) close() {
	r.mu.Lock()
	r.closed = true
	n := len(r.queue)
	r.mu.Unlock()
	r.wake(n)
}
