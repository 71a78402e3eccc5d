package pbuf

import (
	"math"
	"sort"
	"sync/atomic"
)

// checkpoints are the ones that wait for a partition, in the order of their calls.
// Guarded by the flusher's mutex.
//
// A checkpoint has the number of the generation that was current when it was made. A
// write that had returned by then is in that generation or an earlier one, or it has
// been through the flush of one, which disposed of it or put it back into a later one.
// What goes back keeps its origin: the number of the generation that was current when
// it was written, or when an entry was that it replaced after a failure. The floor is
// the lowest origin of what went back into the current generation. So once generation n
// has been flushed, all writes of generations up to n and below the floor are settled,
// and the checkpoints with these numbers are at the front of the queue.
type checkpoints struct {
	queue []waitingCheckpoint
	floor uint64 // 0: nothing went back into the current generation

	// Losses. Each is noted once, with the first checkpoint that it counts for; it counts
	// for all behind that one too, so for all whose writes may include it. That keeps a
	// loss cheap while thousands wait. told is the sum of all, passed of those whose
	// checkpoint has left the queue.
	told, passed int
	cause        error  // of the last one that passed
	refused      uint64 // of the buffer's refused writes, those that were told
	last         uint64 // number of the last checkpoint; 0: there was none
	next         loss   // what the next checkpoint is told at once

	// What was lost may have rejected stale writes, which are lost with it: until it
	// was, or, in flight, until its generation is released. If there were any, the next
	// checkpoint is told of all that may have done so since the last one came.
	recent   loss
	inFlight bool // a generation is
	flying   loss // noted since it was retired
}

type waitingCheckpoint struct {
	c      *Checkpoint
	number uint64
	before int // told when it came: it was not waiting then
	lost   loss
}

// loss is a number of entries, and why the last one was lost.
type loss struct {
	n   int
	err error
}

func (l *loss) add(n int, err error) { l.n, l.err = l.n+n, err }

// enter has the checkpoint wait for the generation of that number, and no less long
// than those before it.
func (q *checkpoints) enter(c *Checkpoint, number uint64) {
	if n := len(q.queue); n > 0 {
		number = max(number, q.queue[n-1].number)
	}
	c.open.Add(1) // paired with settled; Checkpoint holds one, so it is not zero yet
	q.queue = append(q.queue, waitingCheckpoint{c: c, number: number, before: q.told})
}

// never is a number beyond those of all generations.
const never = math.MaxUint64

// tell tells the checkpoint what was lost before it, beside stale writes or not, that
// nobody was told of who asked before. Once Stop has begun, in the generation never,
// nobody else may be told, and all are.
func (q *checkpoints) tell(c *Checkpoint, number uint64, stale bool) {
	told := q.next
	if stale {
		told = q.recent
	}
	c.lose(told.n, told.err)
	if number != never {
		q.next, q.recent, q.last = loss{}, q.flying, number
	}
}

// lose notes n lost entries of that origin, which were last written in that generation.
func (q *checkpoints) lose(origin, written uint64, n int, cause error) {
	if n == 0 {
		return
	}
	if i := sort.Search(len(q.queue), func(i int) bool { return q.queue[i].number >= origin }); i < len(q.queue) {
		q.queue[i].lost.add(n, cause)
		q.told += n
	}
	if q.last <= written { // the last one may have come before the write
		q.next.add(n, cause)
	}
	q.recent.add(n, cause)
	if q.inFlight { // else it was evicted, and rejects nothing any more
		q.flying.add(n, cause)
	}
}

// refuses notes the writes that were dropped because there was no room, up to now.
func (q *checkpoints) refuses(total uint64, cause error) {
	if n := int(total - q.refused); n > 0 {
		q.next.add(n, cause)
		q.recent.add(n, cause)
		q.refused = total
	}
}

// evicted notes the loss of an entry of the current generation, which may have gone
// back into it: which entries did, only the flusher knows.
func (q *checkpoints) evicted(current uint64, cause error) {
	origin := current
	if q.floor > 0 {
		origin = q.floor
	}
	q.lose(origin, current, 1, cause)
}

// wentBack notes that an entry of that origin is in the current generation, or that a
// newer one is in its place.
func (q *checkpoints) wentBack(origin uint64) {
	if q.floor == 0 || origin < q.floor {
		q.floor = origin
	}
}

// retired notes that a generation is in flight, and that nothing has gone back into the
// current one yet.
func (q *checkpoints) retired() { q.floor, q.inFlight = 0, true }

// released notes that it no longer is, and what was lost of it rejects no write.
func (q *checkpoints) released() { q.inFlight, q.flying = false, loss{} }

// flushed settles what waits for the generations up to number, as far as none of
// their entries went back.
func (q *checkpoints) flushed(number uint64) {
	if q.floor > 0 {
		number = min(number, q.floor-1)
	}
	n := 0
	for n < len(q.queue) && q.queue[n].number <= number {
		w := &q.queue[n]
		q.passed += w.lost.n
		if w.lost.n > 0 {
			q.cause = w.lost.err
		}
		w.c.settled(q.passed-w.before, q.cause)
		*w = waitingCheckpoint{}
		n++
	}
	if q.queue = q.queue[n:]; len(q.queue) == 0 {
		q.queue, q.told, q.passed, q.cause = nil, 0, 0, nil
	}
}

// settleAll settles everything: nothing is buffered, in flight or to be retried.
func (q *checkpoints) settleAll() {
	q.floor = 0
	q.flushed(never)
}

// enter has the checkpoint wait for the partition, if there is anything to wait for;
// false if the partition has stopped.
func (f *flusher[K, V]) enter(c *Checkpoint) (running bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	b, q := &f.books, &f.calls.checkpoints
	q.refuses(f.overflow.refused.Load(), f.m.bounds.full)
	number := f.part.Generation()
	if b.closed {
		number = never
	}
	q.tell(c, number, f.takeStale(b.closed))
	switch {
	case b.finished:
		return false
	case f.emptyLocked():
		q.settleAll() // those before us must be done before us
	case !b.closed && f.part.Size() == 0:
		q.enter(c, number-1) // that is in flight, and all there is
	default:
		q.enter(c, number)
	}
	return true
}

// noteStale notes that a write was stale, and may say so. False: a checkpoint came
// since it saw that mark, and it must look again: what rejected it may be lost by now,
// and that checkpoint the last one to be told.
//
// The mark is the number of checkpoints times two, and one if a write was stale since
// the last of them. A write reads it before it looks. So what rejected it was there
// after that checkpoint, and its loss, if any, is among recent when the next one comes.
func noteStale(at *atomic.Uint64, mark uint64) bool {
	// Publication to takeStale (Checkpoint). Mostly the mark is set, and stale writers
	// share its line with nobody who writes.
	now := at.Load()
	return now|1 == mark|1 && (now == mark|1 || at.CompareAndSwap(now, mark|1) || at.Load() == mark|1)
}

// takeStale reports whether a write was stale since the last checkpoint, for the one
// that comes now. Once Stop has begun others who ask are told too.
func (f *flusher[K, V]) takeStale(closed bool) bool {
	at := &f.part.Stale
	if closed {
		return at.Load()&1 != 0
	}
	for { // against writers who set it: the mutex keeps out other checkpoints
		if mark := at.Load(); at.CompareAndSwap(mark, (mark|1)+1) {
			return mark&1 != 0
		}
	}
}

// emptyLocked reports whether all that was written to the partition is settled.
func (f *flusher[K, V]) emptyLocked() bool {
	b := &f.books
	return b.inFlight == 0 && b.final == nil && f.part.Size() == 0
}

// settleLocked settles what the finished flush has settled. An empty partition does not
// tick, so whatever waits for it must not wait for another flush.
func (f *flusher[K, V]) settleLocked() {
	if q := &f.calls.checkpoints; f.emptyLocked() {
		q.settleAll()
	} else {
		q.flushed(f.delivery.info.Generation)
	}
}

// lost tells the checkpoints of entries that are about to be dropped.
func (f *flusher[K, V]) lost(l letter[K, V], err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range l.refs {
		origin, written := f.originOf(r.slot.Key())
		f.calls.checkpoints.lose(origin, written, 1, err)
	}
}

// originOf returns the origin of an entry that the flusher has in hand, and the
// generation in which it was written last.
func (f *flusher[K, V]) originOf(key K) (origin, written uint64) {
	written = f.delivery.info.Generation
	if f.ending.part != nil { // whose generations go on counting
		written = min(written, f.ending.offset)
	}
	if m := f.retries.of(key); m != nil {
		return min(m.origin, written), written
	}
	return written, written
}
