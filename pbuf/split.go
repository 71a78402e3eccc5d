package pbuf

import (
	"cmp"
	"slices"

	"github.com/partitioned-buffer/go/internal/shard"
)

// How a poison entry is isolated. Entries that never failed travel in full batches,
// apart from the suspects: those that failed before, and newer writes to their keys.
// A batch that failed as a whole is halved, its halves are, and so on. So one that
// fails whatever batch it is in is alone after log2(n) failures, and costs two calls
// for each: its half and the other one. Where the processor can tell who failed
// (Failed), nothing is halved.
//
// The halves are tried in the same flush if that has delivered something: then the
// sink works, and what was in a batch with a poison entry need not wait for its
// backoffs. If nothing was delivered, all may have failed for the same reason, and
// goes back to be tried in halves by the next flush. So what does not fail by itself
// waits for one backoff or interval at most, and a sink that is down is not called more often.
//
// In a generation the entries that failed least go first. So once the sink is down
// each flush tries others, and when it is back those that were tried come in ever
// larger batches: a slow start, for free.
//
// Rejected: halving once per flush, whatever was delivered. The companions of a poison
// entry in a batch of 512 then wait for nine backoffs: 50 s, by default. Rejected:
// halving at once in any case. It calls a sink that is down three times in the place
// of one, and an error that passes is not waited for. Rejected: pieces so small that an
// entry is alone when MaxAttempts is near: of 100, 15 calls at once. Rejected: halving
// BatchSize instead of the batch: a batch of 100 then fails three times before it gets
// any smaller.

// ref is an entry in hand.
type ref[K comparable, V any] struct {
	slot    *shard.Slot[K, V]
	version int64
}

// entry copies the entry out of its slot.
func (r ref[K, V]) entry() Entry[K, V] { return Entry[K, V](r.slot.Item(r.version)) }

// failed is the entry with so many more failures counted.
func (r ref[K, V]) failed(times int) Entry[K, V] {
	e := r.entry()
	e.Attempts = uint8(min(int(e.Attempts)+times, MaxAttempts))
	return e
}

// suspect is an entry set aside until all that never failed are tried.
type suspect[K comparable, V any] struct {
	ref[K, V]
	attempts uint8
	limit    int
	batch    uint64
}

// hand is what a flusher has taken out of its partition and not tried yet, and the
// batch that it is trying.
type hand[K comparable, V any] struct {
	cursor   shard.Cursor[K, V] // not looked at yet
	suspects []suspect[K, V]
	sorted   bool          // suspects are
	failed   []group[K, V] // as a whole, to be halved
	halves   []group[K, V]
	later    []ref[K, V] // to go back untried
	batch    []ref[K, V] // the call in progress, or about to be
	again    bool        // it is half of one that failed
}

// group is entries that belong together: they failed in that batch, or were not tried
// because of that error.
type group[K comparable, V any] struct {
	refs []ref[K, V]
	of   Batch
	err  error
}

// fill makes the next batch.
func (f *flusher[K, V]) fill() {
	d := &f.delivery
	h := &d.hand
	if f.m.options.TableProcessor != nil {
		if d.batch.Attempt == 0 { // one call for all
			h.rest(func(r ref[K, V]) { h.batch = append(h.batch, r) })
		}
		return
	}
	for len(h.batch) < d.settings.BatchSize {
		s, version := h.cursor.Next()
		if s == nil {
			break
		}
		r := ref[K, V]{s, version}
		if s.Attempts() == 0 && len(f.retries.taken) == 0 || !f.setAside(r) {
			h.batch = append(h.batch, r)
		}
	}
	if len(h.batch) > 0 {
		d.did.fresh = true
		return
	}
	h.takeSuspects(d.settings.BatchSize)
	if len(h.batch) == 0 && d.did.answered && f.retriesFollow() {
		h.takeHalf()
	}
}

// takeHalf makes a batch of half of one that failed.
func (h *hand[K, V]) takeHalf() {
	if len(h.halves) == 0 {
		for _, g := range h.failed {
			a, b := g, g
			middle := (len(g.refs) + 1) / 2
			a.refs, b.refs = g.refs[:middle], g.refs[middle:]
			h.halves = append(h.halves, a, b)
		}
		h.failed = nil
	}
	if len(h.halves) > 0 {
		h.again = true
		h.batch = append(h.batch, h.halves[0].refs...)
		h.halves = h.halves[1:]
	}
}

// selectRetries leaves what is due of those that failed before, for a flush of these
// alone; false if there are none.
func (f *flusher[K, V]) selectRetries() bool {
	d := &f.delivery
	h := &d.hand
	var rest []ref[K, V]
	h.rest(func(r ref[K, V]) { rest = append(rest, r) })
	for _, r := range rest {
		if !f.setAside(r) {
			h.later = append(h.later, r)
		}
	}
	d.info.Entries = len(h.suspects)
	return len(h.suspects) > 0
}

// setAside puts an entry where it belongs that is not for a batch of fresh ones.
func (f *flusher[K, V]) setAside(r ref[K, V]) bool {
	d, attempts := &f.delivery, r.slot.Attempts()
	h, m := &d.hand, f.retries.of(r.slot.Key())
	switch {
	case attempts == 0 && (m == nil || m.limit == 0 && !(m.spared && d.what == retried)):
		return false
	case d.what != everything && f.retries.waits(m, d.began) && (attempts > 0 || d.what == retried):
		h.later = append(h.later, r)
		return true
	}
	s := suspect[K, V]{ref: r, attempts: attempts}
	if m != nil {
		s.batch, s.limit = m.batch, m.limit
	}
	if s.limit == 0 { // spared, or of a key that no map finds
		s.limit = max(1, d.settings.BatchSize>>attempts)
	}
	h.suspects, h.sorted = append(h.suspects, s), false
	if attempts == 0 {
		d.did.fresh = d.what != retried // as to the schedule
	}
	return true
}

// takeSuspects makes a batch of those that belong together.
func (h *hand[K, V]) takeSuspects(size int) {
	if len(h.suspects) == 0 {
		return
	}
	if !h.sorted {
		h.sorted = true
		slices.SortStableFunc(h.suspects, func(a, b suspect[K, V]) int {
			return cmp.Or(cmp.Compare(a.attempts, b.attempts), cmp.Compare(a.batch, b.batch))
		})
	}
	first := h.suspects[0]
	n := 0
	for n < min(first.limit, size, len(h.suspects)) &&
		h.suspects[n].batch == first.batch && h.suspects[n].attempts == first.attempts {
		h.batch = append(h.batch, h.suspects[n].ref)
		n++
	}
	h.suspects = h.suspects[n:]
}

// rest yields every entry that has not been tried, and is done with them.
func (h *hand[K, V]) rest(yield func(ref[K, V])) {
	for s, version := h.cursor.Next(); s != nil; s, version = h.cursor.Next() {
		yield(ref[K, V]{s, version})
	}
	for _, s := range h.suspects {
		yield(s.ref)
	}
	for _, r := range h.later {
		yield(r)
	}
	h.suspects, h.later = nil, nil
}
