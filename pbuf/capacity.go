package pbuf

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/partitioned-buffer/go/internal/shard"
)

// FullPolicy says what becomes of a write of a new key when the buffer is full. A
// write to a key that is buffered is never affected.
type FullPolicy uint8

const (
	// Block waits for room: PutContext and PutNewerContext until their context ends,
	// the others until Stop. Inside a processor or hook, where waiting for room
	// could be waiting for oneself, it is Reject.
	Block FullPolicy = iota
	// Reject returns ErrFull.
	Reject
	// DropOldest drops the entry of the key's partition, or if there is none of
	// another, that was inserted first in its current generation (about: a key that
	// was deleted and inserted again may go in its old place). Entries in flight are
	// never dropped; if nothing else is there, it is DropNewest.
	DropOldest
	// DropNewest drops the write: Put returns nil, PutNewer false, and the write is
	// counted as accepted and dropped.
	DropNewest
)

// shed is what a full buffer did to one partition.
type shed struct {
	urgent   atomic.Bool   // a write found the buffer full: drain
	refused  atomic.Uint64 // writes dropped by DropNewest; counts that order nothing else
	evicted  atomic.Uint64 // entries dropped by DropOldest, after they were erased
	reported uint64        // of both, to the Dropped hook; the flusher's own
}

// full deals with a write that found the buffer full. try is the write; ctx
// bounds the wait for room. The status is Full if the write was dropped.
func (f *flusher[K, V]) full(ctx context.Context, key K, try try) (shard.Status, error) {
	for _, o := range f.m.flushers {
		o.urge()
	}
	switch f.m.options.OnFull {
	case Block:
		return f.awaitRoom(ctx, key, try)
	case DropOldest:
		for f.makeRoom() {
			status, live, err := try()
			if err != nil {
				return status, err
			}
			if status != shard.Full {
				return f.admitted(key, status, live)
			}
		}
		fallthrough
	case DropNewest:
		f.shed.refused.Add(1)
		return shard.Full, nil
	default:
		return shard.Full, f.m.room.err
	}
}

// admitted is the end of a write that got in after all.
func (f *flusher[K, V]) admitted(key K, status shard.Status, live uint32) (shard.Status, error) {
	switch status {
	case shard.Closed:
		return status, ErrClosed
	case shard.Inserted:
		f.inserted(live)
		f.ages.add(key)
	}
	return status, nil
}

// urge makes the flusher drain because the buffer is full.
func (f *flusher[K, V]) urge() {
	if !f.shed.urgent.Load() && !f.shed.urgent.Swap(true) { // paired with begin's Store
		f.signal()
	}
}

// awaitRoom repeats the write until there is room for it.
func (f *flusher[K, V]) awaitRoom(ctx context.Context, key K, try try) (shard.Status, error) {
	if f.m.inside(ctx) {
		return shard.Full, f.m.room.err
	}
	r := &f.m.room
	for woken := false; ; woken = true {
		// In the queue before the look, so that room that is made after it wakes us.
		place := r.enter()
		status, live, err := try()
		if err != nil || status != shard.Full {
			r.leave(place, woken && status != shard.Inserted)
			if err != nil {
				return status, err
			}
			return f.admitted(key, status, live)
		}
		for _, o := range f.m.flushers {
			o.urge()
		}
		select {
		case <-place:
		case <-ctx.Done():
			r.leave(place, woken)
			return shard.Full, fmt.Errorf("%w: %w", r.err, context.Cause(ctx))
		}
	}
}

// reportShed tells the hooks what a full buffer led to since the last cycle.
func (f *flusher[K, V]) reportShed() {
	hooks := &f.m.options.Hooks
	if f.wasUrgent {
		f.wasUrgent = false
		if hook := hooks.Full; hook != nil {
			f.later(func() { hook(PartitionInfo{Name: f.m.options.Name, Partition: f.id}) })
		}
	}
	if n := f.shed.refused.Load() + f.shed.evicted.Load(); n > f.shed.reported {
		f.note(hooks.Dropped, f.info(int(n-f.shed.reported), 0, f.m.room.err))
		f.shed.reported = n
	}
}

// freed gives back the places of n entries that were disposed of.
func (f *flusher[K, V]) freed(n int) {
	if r := &f.m.room; r.limit != nil {
		r.limit.Give(n)
		r.wake(n)
	}
}
