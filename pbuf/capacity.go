package pbuf

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/partitioned-buffer/go/internal/shard"
)

// FullPolicy says what becomes of a new key in a full buffer.
type FullPolicy uint8

const (
	// Block waits for room: the Context forms until their context ends, the others until
	// Stop. In a processor or hook, and with a processor's context, it is Reject: room
	// might wait for that very call. Goroutines that a processor waits for must put with
	// its context, or they may wait for ever for room that only its return can make.
	Block  FullPolicy = iota
	Reject            // returns ErrFull
	// DropOldest drops what was inserted first in the current generation of the key's
	// partition, or if that is empty of another (about: a key deleted and inserted again
	// may count as old); if all is in flight, it is DropNewest.
	DropOldest
	DropNewest // drops the write: Put returns nil, PutNewer false, and it counts as accepted and dropped
)

// overflow is what a full buffer means to one partition.
type overflow struct {
	found    atomic.Bool   // a write to this partition found the buffer full: tell all
	urgent   atomic.Bool   // flush, since the buffer is full
	was      bool          // urgent, before the flush in hand; the flusher's own
	refused  atomic.Uint64 // writes dropped by DropNewest; counts that order nothing else
	rejected atomic.Uint64 // writes that got ErrFull
	blocked  atomic.Uint64 // writes that waited for room
	waiting  atomic.Int64  // writes that wait now, for Stats alone: it orders nothing
	evicted  atomic.Uint64 // entries dropped by DropOldest, after they were erased
	reported uint64        // of both, to the Dropped hook; the flusher's own
}

// full deals with a write that found the buffer full. ctx bounds the wait for
// room. The status is Full if the write was dropped.
func (f *flusher[K, V]) full(ctx context.Context, w *write[K, V]) (status shard.Status, live uint32, err error) {
	if f.fits(w) {
		f.foundFull()
	}
	switch f.m.options.OnFull {
	case Block:
		return f.awaitRoom(ctx, w)
	case DropOldest:
		for f.fits(w) && f.makeRoom() {
			if status, live, err = f.try(w); err != nil || status != shard.Full {
				return status, live, err
			}
		}
		fallthrough
	case DropNewest:
		f.overflow.refused.Add(1)
		return shard.Full, 0, nil
	default:
		return shard.Full, 0, f.reject(w)
	}
}

// foundFull asks the flusher of this partition to tell all that the buffer is
// full: a writer would take longer the more partitions there are. If all have been
// told, and no room was made since, it does nothing: see spread.
func (f *flusher[K, V]) foundFull() {
	if f.m.waiters.told.Load() {
		return
	}
	if !f.overflow.found.Load() && !f.overflow.found.Swap(true) { // paired with spread's Swap
		f.signal()
	}
}

// spread makes all partitions flush if a write to this one found the buffer full.
func (f *flusher[K, V]) spread() {
	// Before the others are told: a write that is refused after it asks again.
	if !f.overflow.found.Load() || !f.overflow.found.Swap(false) {
		return
	}
	// Once for the room that is wanted: else each of the partitions would tell all
	// others. Whoever takes room that is made meanwhile, and with it fills the buffer
	// again, comes before the told.Store of who made it, or finds told false; in the
	// first case the writer that waits is woken after that Store and asks again.
	if f.m.waiters.told.Load() || f.m.waiters.told.Swap(true) {
		return
	}
	for _, o := range f.m.flushers {
		if !o.overflow.urgent.Load() && !o.overflow.urgent.Swap(true) { // paired with retire's Swap
			o.nudge()
		}
	}
}

// awaitRoom repeats the write until there is room for it.
func (f *flusher[K, V]) awaitRoom(ctx context.Context, w *write[K, V]) (status shard.Status, live uint32, err error) {
	if !f.fits(w) || f.m.inside(ctx) {
		return shard.Full, 0, f.reject(w)
	}
	q := &f.m.waiters
	for woken := false; ; woken = true {
		// In the queue before the look, so that room that is made after it wakes us.
		place := q.enter()
		status, live, err = f.try(w)
		if err == nil && status == shard.Full && !f.fits(w) {
			err = f.reject(w) // what Merge makes has grown
		}
		if err != nil || status != shard.Full {
			q.leave(place, woken && status != shard.Inserted)
			return status, live, err
		}
		f.foundFull()
		if !woken {
			f.overflow.blocked.Add(1)
			f.overflow.waiting.Add(1)
			defer f.overflow.waiting.Add(-1) // Merge may panic in a later try
		}
		select {
		case <-place:
		case <-ctx.Done():
			q.leave(place, woken)
			f.overflow.rejected.Add(1)
			return shard.Full, 0, fmt.Errorf("%w: %w", f.m.bounds.full, context.Cause(ctx))
		}
	}
}

// reject counts a write that is refused, and says why.
func (f *flusher[K, V]) reject(w *write[K, V]) error {
	f.overflow.rejected.Add(1)
	return f.errFull(w)
}

// reportOverflow tells the hooks what a full buffer led to since the last cycle.
func (f *flusher[K, V]) reportOverflow() {
	hooks := &f.m.options.Hooks
	if f.overflow.was {
		f.overflow.was = false
		notify(f, hooks.Full, f.info())
	}
	if n := f.overflow.refused.Load() + f.overflow.evicted.Load(); n > f.overflow.reported {
		notify(f, hooks.Dropped, BatchInfo{Batch: f.batch(0), Entries: int(n - f.overflow.reported), Err: f.m.bounds.full})
		f.overflow.reported = n
	}
}

// freed gives back the room of entries that were disposed of.
func (f *flusher[K, V]) freed(refs ...ref[K, V]) {
	if f.m.bounds.limit == nil {
		return
	}
	var bytes int64
	for _, r := range refs {
		bytes += f.delivery.retired.Size(r.slot)
	}
	f.part.Give(len(refs), bytes)
	f.m.waiters.freed(len(refs))
}
