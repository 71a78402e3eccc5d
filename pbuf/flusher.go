package pbuf

import (
	"context"
	"runtime/pprof"
	"strconv"
	"sync"
	"time"

	"github.com/partitioned-buffer/go/internal/shard"
)

// flusher is a partition with the goroutine that delivers it: that goroutine decides
// when and what, and runs no user code, so it is always there to act. Others reach it
// by signal, by the mutex, and by what is atomic.
type flusher[K comparable, V any] struct {
	m        *Map[K, V]
	part     *shard.Partition[K, V] // immutable, as m, versions and id
	versions *shard.Versions[K]     // nil: none are remembered
	id       int

	alarm    alarm
	overflow overflow // see there
	ages     ages[K]  // empty: nothing is ever evicted
	runner   runner
	*work[K, V]

	mu    sync.Mutex
	books books[K, V] // guarded by mu
	calls calls       // guarded by mu
}

// work is what the flusher's goroutine alone uses. It is made when that starts: a
// partition without a write does without.
type work[K comparable, V any] struct {
	ctx      context.Context // the parent of its calls'
	schedule schedule
	delivery delivery[K, V]
	retries  retries[K]
	ending   ending[K, V]
}

func newFlusher[K comparable, V any](m *Map[K, V], id int) *flusher[K, V] {
	f := &flusher[K, V]{m: m, id: id}
	f.alarm.wake = make(chan struct{}, 1)
	if n := m.options.VersionMemory; n > 0 {
		f.versions = shard.NewVersions[K](n)
	}
	c := f.config()
	c.Limit, c.Versions = m.bounds.limit, f.versions
	f.part = shard.NewPartition[K, V](c)
	return f
}

// config is what any partition of the flusher needs.
func (f *flusher[K, V]) config() shard.Config[K] {
	o := &f.m.options
	return shard.Config[K]{Hash: f.m.hasher.Hash, Hasher: f.m.hasher.Index(), Resets: o.Tombstones && o.combines()}
}

// main is the goroutine.
func (f *flusher[K, V]) main() {
	f.begin()
	pprof.SetGoroutineLabels(f.ctx) // the worker's too, which inherits them
	notify(f, f.m.options.Hooks.PartitionStart, f.info())
	for what := f.wait(); what != nothing && f.step(what); what = f.wait() {
	}
	<-f.m.stopping.begun
	f.drain()
	f.ending.told = !f.runner.over
	notify(f, f.m.options.Hooks.PartitionStop, f.info())
	f.finish()
	f.leave()
}

// begin makes what the goroutine has for itself.
func (f *flusher[K, V]) begin() {
	f.work = &work[K, V]{}
	f.delivery.batch = f.batch(0)
	ctx := context.WithValue(f.m.stopping.ctx, insideKey{}, any(f.m))
	f.ctx = pprof.WithLabels(ctx, pprof.Labels("pbuf", f.m.options.Name, "partition", strconv.Itoa(f.id)))
	f.schedule.begin(f.m.settings.Load().FlushInterval, time.Now())
}

// step flushes what is due; false if Stop has it.
func (f *flusher[K, V]) step(what scope) (open bool) {
	r, called, open := f.retire(what)
	if !open {
		return false
	}
	if called { // perhaps since wait has looked
		what = everything
	}
	f.flush(r, what)
	f.answer()
	return true
}

// retire takes what is buffered, in the same hold of the mutex in which the books
// learn of it. called says that a Flush call waits for it.
func (f *flusher[K, V]) retire(what scope) (r *shard.Retired[K, V], called, open bool) {
	if what != retried {
		f.overflow.was = f.overflow.urgent.Swap(false) // before the swap: a write refused after it asks again
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	called = len(f.calls.waiting) > 0
	// The calls are taken before the swap: what returned before Flush was called is
	// then in what we retire, or was delivered before.
	f.coverLocked()
	r, open = f.part.Retire()
	switch q := &f.calls.checkpoints; {
	case r != nil:
		f.books.inFlight = r.Len()
		q.retired()
		f.books.vitals.retired(time.Now())
	case open: // nothing is buffered
		q.settleAll()
		f.books.vitals.emptied()
	}
	f.resetAges()
	return r, called, open
}

// closed reports whether Stop has retired the partition for good.
func (f *flusher[K, V]) closed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.books.closed
}

// finish answers every Flush call that is left, and settles the flusher's part of Stop.
func (f *flusher[K, V]) finish() {
	for _, r := range f.ending.held {
		f.part.Release(r)
	}
	f.ending.held, f.ending.part = nil, nil
	f.part.Give(0, f.part.Bytes()) // of what is left undelivered
	f.mu.Lock()
	f.books.finished = true
	f.calls.covered = append(f.calls.covered, f.calls.waiting...)
	f.calls.waiting = nil
	f.calls.checkpoints.settleAll()
	f.answerLocked()
	f.mu.Unlock()
	f.m.flusherFinished()
}
