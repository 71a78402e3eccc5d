package property

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
	"pgregory.net/rapid"
)

// room reports whether a write of the key finds room. Units are held by what is
// buffered and by what is in flight and not disposed of.
func (x *deliveryMachine) room(key int) bool {
	if x.opts.Capacity == 0 {
		return true
	}
	if _, ok := x.part(key).All()[key]; ok {
		return true
	}
	used := 0
	for _, p := range x.parts {
		used += p.Size() + len(p.undone)
	}
	return used < x.opts.Capacity
}

// wrote compares how a write ended with whether there was room.
func (x *deliveryMachine) wrote(t *rapid.T, what string, room bool, err error) {
	t.Helper()
	if room && err != nil || !room && !errors.Is(err, pbuf.ErrFull) {
		t.Fatalf("%s = %v with room %v", what, err, room)
	}
}

// Put puts, by one of the two functions.
func (x *deliveryMachine) Put(t *rapid.T) {
	key, v := keys.Draw(t, "key"), value{N: numbers.Draw(t, "value")}
	room := x.room(key)
	if x.opts.Newer != nil {
		x.putIfNewer(t, key, v, room)
		return
	}
	var err error
	if rapid.Bool().Draw(t, "context") {
		err = x.m.PutContext(t.Context(), key, v)
	} else {
		err = x.m.Put(key, v)
	}
	x.wrote(t, "Put", room, err)
	switch {
	case !room:
	case x.opts.Merge != nil:
		x.part(key).Merge(key, v, func(old, v value) value { return combine(key, old, v) })
	default:
		x.part(key).Put(key, v)
	}
}

// putIfNewer is Put with Options.Newer. A value that is not newer needs no room.
func (x *deliveryMachine) putIfNewer(t *rapid.T, key int, v value, room bool) {
	p := x.part(key)
	want := p.PutIfNewer(key, v, newer)
	if want && !room {
		p.Forget(key)
	}
	var stored bool
	var err error
	switch rapid.IntRange(0, 2).Draw(t, "function") {
	case 0:
		stored, err = x.m.PutIfNewer(key, v)
	case 1:
		stored, err = x.m.PutIfNewerContext(t.Context(), key, v)
	default:
		err, stored = x.m.Put(key, v), want && room
	}
	if x.wrote(t, "PutIfNewer", room || !want, err); stored != (want && room) {
		t.Fatalf("PutIfNewer(%d, %v) = %v, want %v with room %v", key, v, stored, want, room)
	}
}

// PutNewer puts by version, or leaves a tombstone.
func (x *deliveryMachine) PutNewer(t *rapid.T) {
	key, v, version := keys.Draw(t, "key"), value{N: numbers.Draw(t, "value")}, versions.Draw(t, "version")
	p, room, bury := x.part(key), x.room(key), x.opts.Tombstones && rapid.Bool().Draw(t, "tombstone")
	if x.opts.Newer != nil {
		if _, err := x.m.PutNewer(key, v, version); !errors.Is(err, pbuf.ErrOptions) {
			t.Fatalf("PutNewer = %v, and versions are in the values", err)
		}
		return
	}
	write := func() (bool, error) { return x.m.PutNewer(key, v, version) }
	want := false
	if bury {
		write, want = func() (bool, error) { return x.m.DeleteNewer(key, version) }, p.BuryNewer(key, version)
	} else {
		want = p.PutNewer(key, v, version)
	}
	if want && !room { // the reference knows of no bound: take it back
		p.Forget(key)
		stored, err := write()
		if x.wrote(t, "PutNewer", false, err); stored {
			t.Fatal("PutNewer stored in a full buffer")
		}
		return
	}
	stored, err := write()
	if err != nil || stored != want {
		t.Fatalf("PutNewer(%d, %d, tombstone %v) = %v, %v, want %v", key, version, bury, stored, err, want)
	}
}

// Get gets.
func (x *deliveryMachine) Get(t *rapid.T) {
	key := keys.Draw(t, "key")
	v, ok := x.m.Get(key)
	if want, wantOK := x.part(key).Get(key); ok != wantOK || v != want {
		t.Fatalf("Get(%d) = %v, %v, want %v, %v", key, v, ok, want, wantOK)
	}
}

// Lookup looks in flight too.
func (x *deliveryMachine) Lookup(t *rapid.T) {
	key := keys.Draw(t, "key")
	got, place := x.m.Lookup(key)
	want, inFlight, ok := x.part(key).Lookup(key)
	wantPlace := pbuf.Absent
	if ok {
		wantPlace = pbuf.Buffered
	}
	if inFlight {
		wantPlace = pbuf.InFlight
	}
	if got != want || place != wantPlace {
		t.Fatalf("Lookup(%d) = %+v, %v, want %+v, %v", key, got, place, want, wantPlace)
	}
}

// All walks.
func (x *deliveryMachine) All(t *rapid.T) {
	got, want := map[int]entry{}, map[int]entry{}
	for e := range x.m.All() {
		got[e.Key] = e
	}
	for _, p := range x.parts {
		maps.Copy(want, p.All())
	}
	if !maps.Equal(got, want) {
		t.Fatalf("All yields %v, want %v", got, want)
	}
}

// Delete deletes, or leaves a tombstone.
func (x *deliveryMachine) Delete(t *rapid.T) {
	key := keys.Draw(t, "key")
	p, room := x.part(key), x.room(key)
	deleted, err := x.m.Delete(key)
	if x.opts.Tombstones {
		x.wrote(t, "Delete", room, err)
		if deleted != room {
			t.Fatalf("Delete(%d) = %v with room %v", key, deleted, room)
		}
		if room {
			p.Bury(key)
		}
		return
	}
	if want := p.Delete(key); err != nil || deleted != want {
		t.Fatalf("Delete(%d) = %v, %v, want %v", key, deleted, err, want)
	}
	x.erased(p, key)
}

// Mode says how the calls end that come, and what DeadLetter says.
func (x *deliveryMachine) Mode(t *rapid.T) {
	x.post.set(rapid.SampledFrom(outcomes).Draw(t, "outcome"), rapid.Bool().Draw(t, "refuses"))
}

// LetGo ends the calls that wait.
func (x *deliveryMachine) LetGo(t *rapid.T) {
	x.post.tell(rapid.SampledFrom(outcomes[:len(outcomes)-1]).Draw(t, "outcome"))
}

// Tick lets every backoff pass, and intervals; a sink that works has everything
// then that is not held up.
func (x *deliveryMachine) Tick(t *rapid.T) {
	time.Sleep(maxRetry)
	x.settle(t)
	if x.post.how != delivers {
		return
	}
	all := true
	for i, p := range x.parts {
		if p.undone == nil && p.Size() > 0 {
			t.Fatalf("partition %d did not deliver %v", i, p.All())
		}
		all = all && p.undone == nil
	}
	x.checkMarks(t, all)
}

// Flush returns nil if, and only if, what was buffered is delivered.
func (x *deliveryMachine) Flush(t *rapid.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	before := x.books
	answer := make(chan error, 1)
	busy := slices.ContainsFunc(x.parts, func(p *delivery) bool { return p.undone != nil })
	x.flushing = !busy // else what is in flight may have begun by itself
	go func() { answer <- x.m.Flush(ctx) }()
	x.settle(t)
	x.flushing = false
	for _, p := range x.parts {
		if p.undone == nil {
			continue
		}
		select {
		case err := <-answer:
			t.Fatalf("Flush = %v while %v was in flight", err, p.undone)
		default:
		}
		cancel()
		if err := <-answer; !errors.Is(err, context.Canceled) {
			t.Fatalf("Flush = %v after its context ended", err)
		}
		return
	}
	lost := x.books.requeued - before.requeued + x.books.dropped - before.dropped + x.books.deadLettered - before.deadLettered
	var flush *pbuf.FlushError
	switch err := <-answer; {
	case lost == 0 && err != nil:
		t.Fatalf("Flush = %v, want nil", err)
	case lost > 0 && (!errors.As(err, &flush) || flush.Failed != lost):
		t.Fatalf("Flush = %v, want %d failed", err, lost)
	}
	x.checkMarks(t, lost == 0)
}
