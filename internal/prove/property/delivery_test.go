package property

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/partitioned-buffer/go/internal/prove/reference"
	"github.com/partitioned-buffer/go/pbuf"
	"pgregory.net/rapid"
)

// deliveryMachine is a Map whose deliveries fail in every way, with the options
// that say what then: retries, dead letters, merges, tombstones, a memory of
// versions, a capacity, sizes. It does not foretell when a partition delivers (the other
// machine does), but what: each call gets entries of what was buffered at the
// swap, as they should be, and what fails is where it should be.
type deliveryMachine struct {
	m        *buffer
	opts     options
	post     *post
	parts    []*delivery
	books    deliveryBooks
	marks    []*marked // checkpoints that were not done
	dropped  int       // what the last checkpoint was told, or covers, for certain
	steps    int
	flushing bool // a Flush call asks for everything
}

type deliveryBooks struct{ batches, delivered, failed, requeued, dropped, deadLettered, drains int }

// delivery is what the machine knows of a partition.
type delivery struct {
	*reference.Partition[int, value]
	undone    map[int]entry  // of the generation in flight, not disposed of; nil: nothing is in flight
	letters   map[int]entry  // to be given up
	halved    map[int]entry  // of undone, as they were: failed with others, to be tried in halves or to go back
	suspects  map[int]bool   // keys that failed
	failed    time.Time      // when one did last
	waits     bool           // that was less than the longest backoff ago when the flush began
	spared    map[int]bool   // keys that went back untried, since the sink was down: retries too
	fresh     bool           // something was tried that is no retry
	delivered bool           // something of the generation was
	misses    int            // calls that delivered nothing, before anything was delivered
	before    int            // what was dropped before the generation was retired
	flush     pbuf.FlushInfo // what FlushStop must say, but for times and errors
}

// suspect reports whether the entry, or one of its key, has failed.
func (p *delivery) suspect(e entry) bool { return p.suspects[e.Key] || e.Attempts > 0 }

func combine(_ int, old, new value) value { return value{N: (old.N*31 + new.N) % 1_000_003} }

// newer is a version that lives in the value: its last digit does not count.
func newer(old, new value) bool { return old.N/10 < new.N/10 }

// maxRetry is longer than any backoff.
const maxRetry = 2 * interval

func newDeliveryMachine(t *rapid.T) *deliveryMachine {
	x := &deliveryMachine{post: &post{how: delivers}}
	o, table := draw(t)
	o.Processor = x.post.process
	if table {
		o.Processor, o.TableProcessor = nil, x.post.table
	}
	o.Hooks.FlushStop, o.Hooks.Requeued = x.post.stop, x.post.requeued
	if rapid.IntRange(0, 4).Draw(t, "drop") == 0 {
		o.Retry.Policy = pbuf.GiveUp
	} else {
		o.Retry = pbuf.Retry{MaxAttempts: rapid.IntRange(0, 3).Draw(t, "attempts"), InitialBackoff: time.Second, MaxBackoff: interval}
	}
	if rapid.Bool().Draw(t, "dead letter") {
		o.DeadLetter = x.post.deadLetter
	}
	switch rapid.SampledFrom([]string{"last wins", "merge", "newer"}).Draw(t, "puts") {
	case "merge":
		o.Merge = combine
	case "newer":
		o.Newer = newer
	}
	o.Tombstones = rapid.Bool().Draw(t, "tombstones")
	if rapid.Bool().Draw(t, "memory") && o.Newer == nil {
		o.VersionMemory = 64 // all keys
	}
	if rapid.IntRange(0, 3).Draw(t, "capacity") == 0 {
		o.Capacity, o.OnFull = 5, pbuf.Reject
	}
	if rapid.IntRange(0, 3).Draw(t, "sized") == 0 {
		o.MaxBytes, o.SizeOf = 1<<30, func(int, value) int { return 3 }
	}
	m, err := pbuf.New(o)
	if err != nil {
		t.Fatal(err)
	}
	x.m, x.opts = m, o
	for _, p := range reference.New[int, value](o.Partitions) {
		p.Resets = o.Merge != nil || o.Newer != nil
		x.parts = append(x.parts, &delivery{Partition: p, letters: map[int]entry{}, halved: map[int]entry{}, suspects: map[int]bool{}, spared: map[int]bool{}})
	}
	return x
}

// TestFailedDeliveriesAreTheirReference is the machine.
func TestFailedDeliveriesAreTheirReference(t *testing.T) {
	actions, failures := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		rapid.SyncTest(t, func(t *rapid.T) {
			x := newDeliveryMachine(t)
			t.Cleanup(x.close)
			t.Repeat(rapid.StateMachineActions(x))
			actions += x.steps
			failures += x.books.failed
			x.end(t)
		})
	})
	t.Logf("explored: %d actions, %d failed deliveries of an entry", actions, failures)
}

func (x *deliveryMachine) part(key int) *delivery {
	if x.opts.PartitionBy == nil {
		return x.parts[0]
	}
	return x.parts[int(x.opts.PartitionBy(key)%uint64(x.opts.Partitions))]
}

// Check is made after each action.
func (x *deliveryMachine) Check(t *rapid.T) {
	x.steps++
	x.settle(t)
	x.checkMarks(t, false)
	size, flight := 0, 0
	for _, p := range x.parts {
		size += p.Size()
		flight += len(p.undone)
	}
	s := x.m.Stats()
	if s.Balance() != 0 {
		t.Fatalf("G1: the books are off by %d: %+v", s.Balance(), s.PartitionStats)
	}
	got := deliveryBooks{
		int(s.Batches), int(s.Delivered), int(s.Failed), int(s.Requeued), int(s.Dropped), int(s.DeadLettered), int(s.Flushes),
	}
	if x.opts.MaxBytes > 0 && flight == 0 && s.Bytes != int64(3*size) {
		t.Fatalf("%d bytes, want 3 for each of %d entries", s.Bytes, size)
	}
	if got != x.books || s.Size != size || s.InFlight != flight || s.HookFailures != 0 {
		t.Fatalf("Stats = %+v, want %+v, size %d, in flight %d", s.PartitionStats, x.books, size, flight)
	}
}

// settle lets the buffer come to rest and follows what it did.
func (x *deliveryMachine) settle(t *rapid.T) {
	synctest.Wait()
	for _, e := range x.post.take() {
		switch {
		case e.called != nil:
			x.called(t, e.at, e.called)
		case e.returned != nil:
			x.returned(t, e.at, e.returned)
		case e.letter != nil:
			x.letter(t, e.letter)
		case e.skipped != nil:
			x.skipped(t, x.parts[e.skipped.Partition], e.skipped)
		default:
			x.stopped(t, x.parts[e.stopped.Partition], e.stopped)
		}
	}
}

// called compares what a call gets with what was buffered.
func (x *deliveryMachine) called(t *rapid.T, at time.Time, batch []entry) {
	p := x.part(batch[0].Key)
	if p.undone == nil {
		p.undone, p.fresh, p.delivered, p.misses, p.flush = p.Retire(), false, false, 0, pbuf.FlushInfo{}
		p.waits = at.Sub(p.failed) < interval
		x.retired(p)
		p.before = x.books.dropped
	}
	for _, e := range batch {
		if want, ok := p.undone[e.Key]; !ok || e != want {
			t.Fatalf("the processor gets %+v, want %+v, %v", e, want, ok)
		}
		p.fresh = p.fresh || !p.suspect(e) && !p.spared[e.Key]
	}
	if x.opts.TableProcessor == nil && len(batch) > x.opts.BatchSize {
		t.Fatalf("a batch of %d entries", len(batch))
	}
}

// returned does with the entries what the call's end says.
func (x *deliveryMachine) returned(t *rapid.T, at time.Time, r *returned) {
	p := x.part(r.batch[0].Key)
	how, whole := r.how, true
	company := x.company(r)
	x.books.batches++
	for _, e := range r.batch {
		fail, permanent := how.of(e.Key)
		if was, ok := p.halved[e.Key]; ok {
			e = was
		}
		delete(p.undone, e.Key)
		delete(p.halved, e.Key)
		if !fail {
			whole, p.delivered = false, true
			x.books.delivered++
			p.flush.Delivered++
			delete(p.suspects, e.Key)
			delete(p.spared, e.Key)
			x.delivered(p, e.Key)
			if x.opts.VersionMemory > 0 {
				p.Remember(e.Key, e.Version)
			}
			continue
		}
		x.books.failed++
		p.flush.Failed++
		p.suspects[e.Key], p.failed = true, at
		if company {
			p.undone[e.Key], p.halved[e.Key] = x.counted(e), e
			continue
		}
		e.Attempts++
		if permanent || x.opts.Retry.Policy == pbuf.GiveUp ||
			x.opts.Retry.MaxAttempts > 0 && int(e.Attempts) >= x.opts.Retry.MaxAttempts {
			p.letters[e.Key] = e
			p.undone[e.Key] = e // in hand until it is disposed of
		} else {
			x.restore(p, e)
		}
	}
	if whole {
		p.misses++
	}
	if x.opts.DeadLetter == nil {
		x.books.dropped += len(p.letters)
		p.flush.Dropped += len(p.letters)
		for key := range p.letters {
			x.lost(p, key)
			delete(p.letters, key)
			delete(p.undone, key)
		}
	}
}
