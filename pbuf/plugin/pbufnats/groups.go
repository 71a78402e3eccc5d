package pbufnats

import (
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/partitioned-buffer/go/pbuf"
)

// group is a fetch: messages under one checkpoint.
type group struct {
	// msgs become nil when they are dropped from the group: by the goroutine that
	// fetches, holding the groups' mutex, until the group is marked.
	msgs       []jetstream.Msg
	checkpoint *pbuf.Checkpoint // nil: not marked yet; guarded by the groups' mutex
	fetched    time.Time
	touched    time.Time // last told to the server; the settling goroutine's own
}

// groups are the ones that are not acknowledged, in the order of their fetches, which
// is that of their checkpoints too.
type groups struct {
	wake chan struct{} // one place: the first of them, or closed, has changed

	mu     sync.Mutex
	queue  []*group // guarded by mu
	closed bool     // guarded by mu: no more are added or marked
}

// add takes the messages of a fetch that began then.
func (q *groups) add(msgs []jetstream.Msg, began time.Time) *group {
	g := &group{msgs: msgs, fetched: time.Now(), touched: began}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.queue = append(q.queue, g)
	return g
}

// drop takes a message out of its group: it has been answered for itself.
func (q *groups) drop(g *group, i int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	g.msgs[i] = nil
}

// mark says that all of the group has been put.
func (q *groups) mark(g *group, c *pbuf.Checkpoint) {
	q.mu.Lock()
	g.checkpoint = c
	q.mu.Unlock()
	q.signal()
}

func (q *groups) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.signal()
}

func (q *groups) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// first returns the oldest group and its checkpoint; over if no more will be settled.
func (q *groups) first() (g *group, c *pbuf.Checkpoint, over bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.queue) == 0 {
		return nil, nil, q.closed
	}
	g = q.queue[0]
	return g, g.checkpoint, q.closed && g.checkpoint == nil
}

// shift takes the oldest group out.
func (q *groups) shift() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.queue[0] = nil
	q.queue = q.queue[1:]
}

// untouched returns the messages that the server has heard nothing of for that long,
// and notes that it will now.
func (q *groups) untouched(since time.Duration) (msgs []jetstream.Msg) {
	now := time.Now()
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, g := range q.queue {
		if now.Sub(g.touched) < since {
			continue
		}
		g.touched = now
		msgs = append(msgs, present(g.msgs)...)
	}
	return msgs
}

// rest takes all groups out.
func (q *groups) rest() (msgs []jetstream.Msg) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, g := range q.queue {
		msgs = append(msgs, present(g.msgs)...)
	}
	q.queue = nil
	return msgs
}

// size says how many groups and messages there are, and how old the first is.
func (q *groups) size() (groups, messages int, oldest time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, g := range q.queue {
		messages += len(present(g.msgs))
	}
	if len(q.queue) > 0 {
		oldest = time.Since(q.queue[0].fetched)
	}
	return len(q.queue), messages, oldest
}

func present(msgs []jetstream.Msg) (some []jetstream.Msg) {
	for _, m := range msgs {
		if m != nil {
			some = append(some, m)
		}
	}
	return some
}
