package property

import (
	"errors"

	"github.com/partitioned-buffer/go/pbuf"
	"pgregory.net/rapid"
)

// company reports whether the entries of a batch may have failed because of one of
// them.
func (x *deliveryMachine) company(r *returned) bool {
	switch r.how {
	case fails, foreign, panicking, exits:
		return len(r.batch) > 1 && x.opts.Retry.Policy == pbuf.Requeue && x.opts.Retry.MaxAttempts != 1 && x.opts.TableProcessor == nil
	}
	return false
}

// restoreHalved puts back what failed with others in a flush that delivered nothing.
func (x *deliveryMachine) restoreHalved(t *rapid.T, p *delivery) {
	if len(p.halved) > 0 && p.delivered {
		t.Fatalf("these were not tried in halves: %v", p.halved)
	}
	for key := range p.halved {
		e := p.undone[key]
		delete(p.undone, key)
		x.restore(p, e)
	}
	clear(p.halved)
}

// counted is the entry with a failed attempt more that is no reason to give it up.
func (x *deliveryMachine) counted(e entry) entry {
	if limit := x.opts.Retry.MaxAttempts; limit == 0 || int(e.Attempts) < limit-1 {
		e.Attempts++
	}
	return e
}

func (x *deliveryMachine) restore(p *delivery, e entry) {
	var merge func(old, value value) value
	if x.opts.Merge != nil {
		merge = func(old, value value) value { return combine(e.Key, old, value) }
	}
	x.wentBack(p, e.Key)
	if p.Restore(e, merge) {
		x.books.requeued++
		p.flush.Requeued++
	} else {
		p.flush.Overwritten++
	}
}

// letter compares what DeadLetter gets with what is to be given up.
func (x *deliveryMachine) letter(t *rapid.T, batch []entry) {
	p := x.part(batch[0].Key)
	for _, e := range batch {
		if want, ok := p.letters[e.Key]; !ok || e != want {
			t.Fatalf("DeadLetter gets %+v, want %+v, %v", e, want, ok)
		}
		delete(p.letters, e.Key)
		delete(p.undone, e.Key)
		if x.post.refuses {
			x.lost(p, e.Key)
		} else {
			x.delivered(p, e.Key)
		}
	}
	if x.post.refuses {
		x.books.dropped += len(batch)
		p.flush.Dropped += len(batch)
	} else {
		x.books.deadLettered += len(batch)
		p.flush.DeadLettered += len(batch)
	}
}

// skipped is the end of a flush to a sink that counts as down: what was not tried
// goes back.
func (x *deliveryMachine) skipped(t *rapid.T, p *delivery, info *pbuf.RequeueInfo) {
	x.restoreHalved(t, p)
	if p.delivered || p.misses < 2 || x.opts.Retry.Policy == pbuf.GiveUp || info.Entries+info.Overwritten != len(p.undone) {
		t.Fatalf("%+v after %d failed calls, something delivered %v, with these not tried: %v", info, p.misses, p.delivered, p.undone)
	}
	for key, e := range p.undone {
		x.restore(p, e)
		p.spared[key] = true
	}
	clear(p.undone)
}

// stopped is the end of a flush. What was not tried waits for its backoff, or, where
// nothing but retries was tried, has not failed; it goes back as if it had not been
// touched.
func (x *deliveryMachine) stopped(t *rapid.T, p *delivery, info *pbuf.FlushInfo) {
	x.books.drains++
	if len(p.letters) > 0 {
		t.Fatalf("DeadLetter did not get %v", p.letters)
	}
	if p.undone == nil {
		t.Fatalf("nothing was tried: %+v", info)
	}
	x.restoreHalved(t, p)
	got := pbuf.FlushInfo{
		Delivered: info.Delivered, Failed: info.Failed, Requeued: info.Requeued,
		Overwritten: info.Overwritten, Dropped: info.Dropped, DeadLettered: info.DeadLettered,
	}
	if got != p.flush || (info.Err != nil) != (info.Failed > 0) {
		t.Fatalf("FlushStop: %+v, want %+v", info, p.flush)
	}
	for key, e := range p.undone {
		waits := p.waits && p.suspect(e) || e.Attempts == 0 && !p.fresh
		if x.flushing || !waits || x.opts.Retry.Policy == pbuf.GiveUp {
			t.Fatalf("these were not tried: %v, flushing %v, fresh ones were %v", p.undone, x.flushing, p.fresh)
		}
		var merge func(old, value value) value
		if x.opts.Merge != nil {
			merge = func(old, value value) value { return combine(key, old, value) }
		}
		x.wentBack(p, key)
		p.Restore(e, merge)
	}
	p.undone = nil
	p.Release()
}

// end lets everything go and closes: nothing is left then.
func (x *deliveryMachine) end(t *rapid.T) {
	x.post.set(delivers, false)
	closed := make(chan error, 1)
	x.post.tell(delivers)
	x.settle(t)
	go func() { closed <- x.m.Close() }()
	x.settle(t)
	if err := <-closed; err != nil {
		t.Fatalf("Close = %v", err)
	}
	for i, p := range x.parts {
		if p.undone != nil || p.Size() > 0 {
			t.Fatalf("partition %d: Close left %v in flight and %v buffered", i, p.undone, p.All())
		}
	}
	x.checkMarks(t, true)
	x.Check(t)
	if err := x.m.Put(0, value{}); !errors.Is(err, pbuf.ErrClosed) {
		t.Fatalf("Put after Close = %v", err)
	}
}

// close ends everything, calls that wait too.
func (x *deliveryMachine) close() {
	x.post.set(delivers, false)
	x.post.tell(delivers)
	_ = x.m.Close() // the answer is end's to judge
}
