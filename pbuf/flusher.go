package pbuf

import (
	"context"
	"math/rand/v2"
	"runtime/pprof"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/partitioned-buffer/go/internal/shard"
)

// flusher is a partition with the goroutine that delivers it. Fields without a
// guard in their comment belong to that goroutine; user code may end it by
// runtime.Goexit, and then main continues on a new one from where they stand.
type flusher[K comparable, V any] struct {
	m    *Map[K, V]
	part *shard.Partition[K, V] // immutable, as m and id
	id   int
	wake chan struct{} // capacity 1: a token says that something may be due
	ctx  context.Context

	goroutine atomic.Uint64 // id of the goroutine, for ErrInProcessor
	started   bool          // PartitionStart has been called
	stopped   bool          // PartitionStop has been called
	inHook    hookState
	last      bool      // the cycle in hand is the last one
	ended     time.Time // when the last delivery or empty tick ended: the interval counts from here
	timer     *time.Timer
	cycle     cycle[K, V]
	stats     counters

	mu          sync.Mutex
	waiting     []flushCall          // guarded by mu: Flush calls that no cycle covers yet
	covered     []flushCall          // guarded by mu: those that the cycle in hand answers
	failed      uint64               // guarded by mu: entries that failed so far
	lastErr     error                // guarded by mu: of the processor
	mark        shard.Cursor[K, V]   // guarded by mu: what is in hand and not accounted for
	final       *shard.Retired[K, V] // guarded by mu: what Stop retired, until a cycle takes it
	undelivered []Entry[K, V]        // guarded by mu: what Stop could not deliver
	finished    bool                 // guarded by mu: nothing is delivered any more
}

func newFlusher[K comparable, V any](m *Map[K, V], id int) *flusher[K, V] {
	f := &flusher[K, V]{m: m, id: id, wake: make(chan struct{}, 1)}
	f.part = shard.NewPartition[K, V](shard.Config[K]{
		Hash: m.hasher.Hash, Hasher: m.hasher.Index(), Wake: f.signal,
	})
	ctx := context.WithValue(m.stopping.ctx, insideKey{}, any(m))
	f.ctx = pprof.WithLabels(ctx, pprof.Labels("pbuf", m.options.Name, "partition", strconv.Itoa(id)))
	// The first tick comes after a random part of the interval.
	interval := m.settings.Load().interval
	f.ended = time.Now().Add(-rand.N(interval))
	return f
}

// main is the goroutine. If user code ends it by runtime.Goexit, the next one
// takes over: each step of the work is noted before the call that may not return.
func (f *flusher[K, V]) main() {
	defer func() {
		if !f.done() {
			go f.main()
		}
	}()
	f.goroutine.Store(goroutineID())
	pprof.SetGoroutineLabels(f.ctx)
	f.run()
	f.finish()
}

func (f *flusher[K, V]) run() {
	f.resumeHook()
	if !f.started {
		f.started = true
		f.partitionHook(f.m.options.Hooks.PartitionStart)
	}
	for {
		f.deliver() // what is in hand; after a Goexit, the rest of it
		f.answer()
		if f.last {
			break
		}
		f.wait()
		f.begin()
	}
	if !f.stopped {
		f.stopped = true
		f.partitionHook(f.m.options.Hooks.PartitionStop)
	}
}

// wait returns when the partition is due: a Flush call, the threshold, the end
// of the interval, or Stop.
func (f *flusher[K, V]) wait() {
	if f.timer == nil {
		f.timer = time.NewTimer(time.Hour)
	}
	defer f.timer.Stop()
	for {
		f.part.Tune()
		s := f.m.settings.Load() // each round: UpdateOptions wakes us to look again
		d := time.Until(f.ended.Add(s.interval))
		if d <= 0 || f.called() || s.threshold > 0 && f.part.Size() >= s.threshold {
			return
		}
		f.timer.Reset(d)
		select {
		case <-f.timer.C:
		case <-f.wake:
		case <-f.m.stopping.begun:
			return
		}
	}
}

// begin takes the next cycle in hand.
func (f *flusher[K, V]) begin() {
	// The ticket is read before the emptiness check and the swap: what returned
	// before Flush was called is then in what we retire, or was delivered before.
	f.cover()
	r, open := f.part.Retire()
	if !open {
		// current is nil: Stop has it, and hands it over once all are refused. Calls
		// are answered after that final drain, not now.
		<-f.m.stopping.begun
		r = f.takeFinal()
		f.last = true
	}
	f.take(r)
}

// signal makes the flusher look whether something is due.
func (f *flusher[K, V]) signal() {
	select {
	case f.wake <- struct{}{}:
	default: // the token that is there will do
	}
}

// inserted is called after each insert with the number of entries it made. The
// numbers are exact, so the threshold is crossed by exactly one insert.
func (f *flusher[K, V]) inserted(live uint32) {
	if t := f.m.settings.Load().threshold; t > 0 && uint64(live) == uint64(t) {
		f.signal()
	}
}

func (f *flusher[K, V]) done() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.finished
}
