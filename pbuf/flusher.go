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
	pause     pause

	hookFailures atomic.Uint64 // counts that order nothing else
	stuck        atomic.Int64
	overflow     overflow
	wasUrgent    bool               // the cycle in hand began because the buffer was full
	ages         ages[K]            // empty: nothing is ever evicted
	versions     *shard.Versions[K] // nil: none
	watching     *watched           // guarded by mu
	abandoned    chan struct{}      // closed when Stop gives up on the flusher

	mu          sync.Mutex
	hand        hand[K, V]           // guarded by mu: what is retired and not disposed of
	stats       counters             // guarded by mu
	retryAt     time.Time            // guarded by mu: end of the backoff; zero: none
	waiting     []flushCall          // guarded by mu: Flush calls that no cycle covers yet
	covered     []flushCall          // guarded by mu: those that the cycle in hand answers
	returned    int                  // guarded by mu: entries that this cycle requeued
	gone        uint64               // guarded by mu: entries given up so far
	lastErr     error                // guarded by mu: of the processor
	final       *shard.Retired[K, V] // guarded by mu: what Stop retired, until a cycle takes it
	undelivered []Entry[K, V]        // guarded by mu: what Stop could not deliver
	finished    bool                 // guarded by mu: nothing is delivered any more
}

func newFlusher[K comparable, V any](m *Map[K, V], id int) *flusher[K, V] {
	f := &flusher[K, V]{
		m: m, id: id, wake: make(chan struct{}, 1), abandoned: make(chan struct{}),
		pause: newPause(m.options.Retry),
	}
	if n := m.options.VersionMemory; n > 0 {
		f.versions = shard.NewVersions[K](n)
	}
	f.part = shard.NewPartition[K, V](shard.Config[K]{
		Hash: m.hasher.Hash, Hasher: m.hasher.Index(), Limit: m.limit,
		Versions: f.versions, Resets: m.options.Tombstones && m.options.combines(),
	})
	ctx := context.WithValue(m.stopping.ctx, insideKey{}, any(m))
	f.ctx = pprof.WithLabels(ctx, pprof.Labels("pbuf", m.options.Name, "partition", strconv.Itoa(id)))
	// The first tick comes after a random part of the interval.
	interval := m.settings.Load().FlushInterval
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

// wait returns when the partition is due: a Flush call, the threshold, a full
// buffer, the end of the interval, or Stop; after a failure, the end of the
// backoff alone, a Flush call or Stop.
func (f *flusher[K, V]) wait() {
	if f.timer == nil {
		f.timer = time.NewTimer(time.Hour)
	}
	defer f.timer.Stop()
	for {
		f.spread()
		s := f.m.settings.Load() // each round: UpdateSettings wakes us to look again
		at, backingOff := f.due(s)
		d := time.Until(at)
		if d <= 0 || f.called() || !backingOff && (s.FlushThreshold > 0 && f.part.Size() >= s.FlushThreshold || f.overflow.urgent.Load()) {
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

// due returns when the next delivery is due if nothing else happens.
func (f *flusher[K, V]) due(s *Settings) (at time.Time, backingOff bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.retryAt.IsZero() {
		return f.retryAt, true
	}
	return f.ended.Add(s.FlushInterval), false
}

// begin takes the next cycle in hand.
func (f *flusher[K, V]) begin() {
	f.wasUrgent = f.overflow.urgent.Swap(false) // before the swap: a write refused after it asks again
	f.mu.Lock()
	// The ticket is read before the emptiness check and the swap: what returned
	// before Flush was called is then in what we retire, or was delivered before.
	f.coverLocked()
	r, open := f.part.Retire()
	f.handLocked(r)
	f.resetAges()
	f.mu.Unlock()
	if !open {
		// current is nil: Stop has it, and hands it over once all are refused. Calls
		// are answered after that final drain, not now.
		<-f.m.stopping.begun
		f.mu.Lock()
		r, f.final = f.final, nil
		f.handLocked(r)
		f.mu.Unlock()
		f.last = true
	}
	f.take(r)
}

// handLocked takes a retired generation in hand, in the same hold of the mutex
// in which it was retired or taken over: the books are right at any moment.
func (f *flusher[K, V]) handLocked(r *shard.Retired[K, V]) {
	if r != nil {
		f.hand.cursor, f.hand.count = r.Cursor(), r.Len()
	} else {
		f.retryAt = time.Time{} // nothing is there to be retried
	}
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
	if t := f.m.settings.Load().FlushThreshold; t > 0 && uint64(live) == uint64(t) {
		f.signal()
	}
}

func (f *flusher[K, V]) done() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.finished
}
