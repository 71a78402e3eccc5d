package pbufnats_test

import (
	"errors"
	"testing"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufnats"
)

func TestTableEqualsLog(t *testing.T) {
	js := newBroker(t).connect()
	stream(t, js)
	source, sink, want := consumer(t, js, nil), newTable(), map[string]string{}
	var workers []*worker
	for range 3 { // of one consumer, each with a buffer of its own
		workers = append(workers, run(t, config{Consumer: source, Buffer: newBuffer(t, sink, nil), Batch: 50}))
	}
	publish(t, js, want, 40, 0, 3000)
	if _, err := js.Publish(t.Context(), "log.k7", nil); err != nil { // deletes it
		t.Fatal(err)
	}
	delete(want, "k7")
	eventually(t, "all is acknowledged", func() bool { return acknowledged(t, source) })
	sink.Compare(t, want)
	var sum pbufnats.Stats
	for _, w := range workers {
		if err := w.Stop(); err != nil {
			t.Error(err)
		}
		s := w.Stats()
		if s.OpenCheckpoints != 0 || s.OpenMessages != 0 || s.Fetched == 0 || s.AckLag <= 0 || s.AckLag > patience {
			t.Errorf("after Run: %+v", s)
		}
		sum.Fetched += s.Fetched
		sum.Acked += s.Acked
		sum.Stored += s.Stored
		sum.Stale += s.Stale
		sum.Redelivered += s.Redelivered
	}
	if sum.Fetched != 3001 || sum.Acked != 3001 || sum.Stored+sum.Stale != 3001 || sum.Redelivered != 0 {
		t.Errorf("of 3001 messages: %+v", sum)
	}
}

func TestVersionOfTheMessageWins(t *testing.T) {
	js := newBroker(t).connect()
	stream(t, js)
	source, sink := consumer(t, js, nil), newTable()
	w := run(t, config{
		Consumer: source, Buffer: newBuffer(t, sink, nil), Version: pbufnats.VersionFromMessage,
		Decode: versioned,
	})
	publish(t, js, map[string]string{}, 1, 0, 100) // k0 = 0, 1, ..., whose version is the negative
	eventually(t, "all is acknowledged", func() bool { return acknowledged(t, source) })
	sink.Compare(t, map[string]string{"k0": "0"})
	if err := w.Stop(); err != nil {
		t.Error(err)
	}
}

func TestFullBufferStopsTheFetchingAndLosesNothing(t *testing.T) {
	js := newBroker(t).connect()
	stream(t, js)
	source, sink, want := consumer(t, js, nil), newTable(), map[string]string{}
	free := sink.Block()
	m := newBuffer(t, sink, func(o *options) { o.Capacity = 10 })
	publish(t, js, want, 100, 0, 1000) // first, so that the first fetch is a full one
	w := run(t, config{Consumer: source, Buffer: m, Batch: 20})
	eventually(t, "the writer waits for room", func() bool { return m.Stats().WritesBlocked > 0 })
	if n := info(t, source).NumAckPending; n > 20 {
		t.Errorf("%d messages are delivered, though the first fetch of 20 is not put", n)
	}
	close(free)
	eventually(t, "all is acknowledged", func() bool { return acknowledged(t, source) })
	sink.Compare(t, want)
	if err := w.Stop(); err != nil {
		t.Error(err)
	}
}

func TestWhatHasNoRoomComesAgain(t *testing.T) {
	js := newBroker(t).connect()
	stream(t, js)
	source, sink, want := consumer(t, js, nil), newTable(), map[string]string{}
	m := newBuffer(t, sink, func(o *options) { o.Capacity, o.OnFull = 10, pbuf.Reject })
	w := run(t, config{Consumer: source, Buffer: m})
	publish(t, js, want, 100, 0, 300)
	eventually(t, "all is acknowledged", func() bool { return acknowledged(t, source) })
	sink.Compare(t, want)
	if s := w.Stats(); s.Nacked == 0 || s.Redelivered == 0 || !errors.Is(s.LastError, pbuf.ErrFull) {
		t.Errorf("nothing was refused for want of room: %+v", s)
	}
	if err := w.Stop(); err != nil {
		t.Error(err)
	}
}

func TestStoppedBufferEndsRun(t *testing.T) {
	js := newBroker(t).connect()
	stream(t, js)
	source, sink, want := consumer(t, js, nil), newTable(), map[string]string{}
	m := newBuffer(t, sink, nil)
	w := run(t, config{Consumer: source, Buffer: m})
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	publish(t, js, want, 10, 0, 100)
	if err := w.Wait(); !errors.Is(err, pbuf.ErrClosed) {
		t.Errorf("Run returned %v", err)
	}
	// Another one gets at once what it could not put.
	w = run(t, config{Consumer: source, Buffer: newBuffer(t, sink, nil)})
	eventually(t, "all is acknowledged", func() bool { return acknowledged(t, source) })
	sink.Compare(t, want)
	if err := w.Stop(); err != nil {
		t.Error(err)
	}
}
