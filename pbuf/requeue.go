package pbuf

import (
	"slices"
	"time"

	"github.com/partitioned-buffer/go/internal/shard"
)

// marking returns the entry as it is put back, and its mark.
type marking[K comparable, V any] func(r ref[K, V]) (Entry[K, V], *mark)

// markTried is for entries that failed in one batch. limit bounds those that each is
// tried with next, patience how long it waits for that.
func (f *flusher[K, V]) markTried(limit int, patience time.Duration) marking[K, V] {
	d, o, now := &f.delivery, &f.m.options.Retry, time.Now()
	f.retries.batches++
	var last *mark // most have the same
	return func(r ref[K, V]) (Entry[K, V], *mark) {
		e := r.entry()
		e.Attempts = o.counted(e.Attempts)
		m := mark{
			due:    now.Add(min(o.backoff(int(e.Attempts), f.retries.jitter), patience)),
			origin: d.info.Generation, since: f.books.vitals.written, batch: f.retries.batches, limit: limit,
		}
		if old := f.retries.of(e.Key); old != nil {
			m.origin, m.since = old.origin, old.since
		}
		if last == nil || *last != m {
			last = &m
		}
		return e, last
	}
}

// counted is the number of attempts of an entry that had so many, with the one that
// failed in this flush and was no reason to give it up.
func (r *Retry) counted(attempts uint8) uint8 {
	if r.MaxAttempts > 0 {
		return min(attempts+1, uint8(r.MaxAttempts-1))
	}
	return min(attempts+1, MaxAttempts)
}

// markUntried is for entries that were spared because the sink is down, or whose time
// has not come.
func (f *flusher[K, V]) markUntried(spared bool) marking[K, V] {
	fresh := &mark{origin: f.delivery.info.Generation, since: f.books.vitals.written, spared: spared}
	return func(r ref[K, V]) (Entry[K, V], *mark) {
		if old := f.retries.of(r.slot.Key()); old != nil {
			return r.entry(), old
		}
		return r.entry(), fresh
	}
}

// requeue puts entries back and tells the hook.
func (f *flusher[K, V]) requeue(g group[K, V], as marking[K, V], tried bool) {
	d := &f.delivery
	back, beaten := f.putBack(g, as, tried)
	d.info.Requeued += back
	d.info.Overwritten += beaten
	f.mu.Lock()
	f.books.requeued += uint64(back)
	f.books.returned += back
	f.mu.Unlock()
	if back+beaten > 0 {
		notify(f, f.m.options.Hooks.Requeued, RequeueInfo{BatchInfo{Batch: g.of, Entries: back, Err: g.err}, beaten, !tried})
	}
}

// requeueFailed puts back what failed as a whole and was not halved.
func (f *flusher[K, V]) requeueFailed() {
	h, patience := &f.delivery.hand, f.retries.patience(f.delivery.settings.FlushInterval)
	for _, g := range slices.Concat(h.halves, h.failed) {
		f.requeue(g, f.markTried((len(g.refs)+1)/2, patience), true)
	}
	h.halves, h.failed = nil, nil
}

// putBack returns entries to the current generation, while theirs is still in
// flight: there is no moment in which a version is in neither (G4). What was written
// since is newer: it wins (beaten counts those), or is combined with them.
func (f *flusher[K, V]) putBack(g group[K, V], as marking[K, V], tried bool) (back, beaten int) {
	var letters []letter[K, V]
	times := 0
	if tried {
		times = 1
	}
	for i, r := range g.refs {
		e, m := as(r)
		if tried && f.ending.part != nil && f.timeLeft() == 0 {
			f.keep(g.refs[i:i+1], times, g.err)
			continue
		}
		status, result := f.writeBack(r, e, m, tried)
		switch {
		case result.how == crashed: // Options.Merge did
			letters = append(letters, letter[K, V]{g.refs[i : i+1 : i+1], times, result.err})
			continue
		case result.how == gaveUp || status == shard.Closed:
			f.keep(g.refs[i:i+1], times, g.err)
			continue
		case status == shard.Stale:
			beaten++
		case f.ending.part == nil: // while Stop drains, it is still in flight
			back++
		}
		f.retries.note(e.Key, m)
		if status == shard.Inserted && (e.Attempts > 0 || m.spared) {
			f.retries.wait(e.Attempts, m.due)
		}
	}
	f.giveUp(letters)
	return back, beaten
}

// writeBack writes one entry back. The status is Closed if Stop has begun and no
// other try will come. The result is of user code.
func (f *flusher[K, V]) writeBack(r ref[K, V], e Entry[K, V], m *mark, tried bool) (status shard.Status, result result) {
	size := f.delivery.retired.Size(r.slot)
	for {
		part, done := f.part, false
		if f.ending.part != nil {
			part = f.ending.part
		}
		status, done = f.restore(part, r, e, size, m)
		for !done {
			if status, result, done = f.combineBack(part, r, e, size, m); result.how != returned {
				return status, result
			}
		}
		if status != shard.Closed || tried && f.timeLeft() == 0 {
			return status, result
		}
		f.shelter()
	}
}

// restore writes an entry back where nothing is in its place. Not done: something
// is, and Options.Merge or Newer has a say.
func (f *flusher[K, V]) restore(
	part *shard.Partition[K, V], r ref[K, V], e Entry[K, V], size int64, m *mark,
) (status shard.Status, done bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	status, _ = part.Restore(shard.Item[K, V](e), size)
	if status == shard.Stale && f.m.options.combines() {
		return status, false
	}
	f.wroteBackLocked(r, status, m)
	return status, true
}

// combineBack writes back what Options.Merge makes of an entry and what is in its
// place. Not done: that was written to meanwhile.
func (f *flusher[K, V]) combineBack(
	part *shard.Partition[K, V], r ref[K, V], e Entry[K, V], size int64, m *mark,
) (status shard.Status, res result, done bool) {
	w, stale := &write[K, V]{hash: f.m.hasher.Hash(e.Key), entry: e}, false
	res = f.await(0, func(*worker) error { stale = f.prepareBack(part, w, size); return nil })
	if res.how != returned {
		return status, res, false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if status, done = shard.Stale, stale; !stale {
		status, _, done = part.WriteIf(&w.seen, w.hash, shard.Item[K, V](w.made), w.size, true)
	}
	if done {
		f.wroteBackLocked(r, status, m)
	}
	return status, res, done
}

// wroteBackLocked enters it in the books.
func (f *flusher[K, V]) wroteBackLocked(r ref[K, V], status shard.Status, m *mark) {
	b, stopping := &f.books, f.ending.part != nil
	if status == shard.Closed {
		return
	}
	f.calls.checkpoints.wentBack(m.origin)
	b.vitals.wentBack(m.since)
	if stopping && status == shard.Inserted {
		return // in flight still
	}
	b.inFlight--
	if status != shard.Inserted {
		f.freed(r)
	}
	if status == shard.Stale || stopping {
		b.superseded++
		return
	}
	b.restored++
	f.noteAge(r.slot.Key())
}
