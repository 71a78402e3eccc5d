package pbuf

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
)

// Checkpoint is a mark made by [Map.Checkpoint], safe for concurrent use. The zero one
// is of a stopped buffer.
type Checkpoint struct {
	m    interface{ inside(context.Context) bool } // the Map
	done chan struct{}                             // nil: of a stopped buffer

	// open counts the partitions that have not settled, and the call that makes the
	// checkpoint. Whoever takes the last one away closes done.
	open atomic.Int64

	mu    sync.Mutex
	lost  int   // guarded by mu; final once done is closed
	cause error // likewise
}

// CheckpointError is a Checkpoint's Err if writes before it were lost.
type CheckpointError struct { // rejected: the keys too, a type parameter and a bound for what others hand out
	Lost int   // entries: dropped, or undelivered when the buffer stopped
	Err  error // why the last of them was
}

func (e *CheckpointError) Error() string {
	return fmt.Sprintf("pbuf: Checkpoint: %d entries lost: %v", e.Lost, e.Err)
}

func (e *CheckpointError) Unwrap() error { return e.Err }

// Checkpoint marks this moment. It is done once every write that had returned before
// the call is settled: then a source may be told that what was read from it until then
// is safe. A write is settled when it, or a newer write to its key, has reached the
// processor's nil or DeadLetter's, or Delete erased its key; a stale one with what
// rejected it. What went back into the buffer is not: a poison entry holds a checkpoint
// until it is delivered or given up.
//
// What was dropped, or left undelivered by Stop, is settled as lost. [Checkpoint.Err]
// says so for every checkpoint that waits and may cover it, and for the next one too if
// writes that came after the latest may be lost with it, among them stale ones that it
// had rejected. So nil means that nothing before the call is lost that was not reported
// before; goroutines that share a buffer should all heed an error that one of them
// gets.
//
// Checkpoint forces nothing: Flush hurries it, Stop settles all. Of two calls in order,
// the later is done no earlier. Thousands may wait: each costs a few words per
// partition with something buffered, and the call time linear in the partitions. On a
// stopped buffer it is done at once: ErrClosed.
func (m *Map[K, V]) Checkpoint() *Checkpoint {
	c := &Checkpoint{m: m, done: make(chan struct{})}
	c.open.Store(1) // our own: nobody else has it yet
	running := false
	for _, f := range m.flushers {
		if f.enter(c) {
			running = true
		}
	}
	if !running {
		return &Checkpoint{}
	}
	c.settled(0, nil)
	return c
}

// Done returns a channel that is closed once the checkpoint is done.
func (c *Checkpoint) Done() <-chan struct{} {
	if c.done == nil {
		return closedChannel
	}
	return c.done
}

var closedChannel = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// Err returns a *CheckpointError if it is done and writes before it were lost,
// ErrClosed if the buffer was stopped when it was made, or else nil.
func (c *Checkpoint) Err() error {
	if c.done == nil {
		return ErrClosed
	}
	select {
	case <-c.done:
	default:
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lost == 0 {
		return nil
	}
	return &CheckpointError{Lost: c.lost, Err: c.cause}
}

// Wait returns Err once the checkpoint is done, or ctx's cause if that ends first; in a
// processor or hook ErrInProcessor, if it is not done yet.
func (c *Checkpoint) Wait(ctx context.Context) error {
	if err := checkContext(ctx, "Wait"); err != nil {
		return err
	}
	select {
	case <-c.Done():
		return c.Err()
	default:
	}
	if c.m.inside(ctx) {
		return ErrInProcessor
	}
	select {
	case <-c.done:
		return c.Err()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// lose notes losses that the checkpoint covers, before it is settled where they were.
func (c *Checkpoint) lose(n int, cause error) {
	if n == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lost += n
	c.cause = cause
}

// settled notes that a partition is settled, or the making is over. Callers hold their
// partition's mutex until it returns: a later checkpoint, which comes to that
// partition after us, can't be done before us.
func (c *Checkpoint) settled(lost int, cause error) {
	c.lose(lost, cause)
	// Publication: what each partition noted synchronizes before the last one's add,
	// and so before done is closed.
	if c.open.Add(-1) == 0 {
		close(c.done)
	}
}
