package pbufkafka_test

import (
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// A worker that leaves in good order leaves nothing to be read again.
func TestDrain(t *testing.T) {
	b := newBroker(t)
	sink := b.sink
	hour := newBuffer(t, sink, func(o *options) { o.FlushInterval = time.Hour }) // only its own flush delivers
	w := b.run(config{Buffer: hour, Batch: 100})
	b.produce(50, 0, 1000)
	eventually(t, "some are open", func() bool { return w.Stats().OpenRecords >= 300 })
	if err := w.Stop(); err != nil {
		t.Fatal(err)
	}
	if n := b.requests(kmsg.LeaveGroup); n != 1 {
		t.Errorf("it left the group %d times", n)
	}
	s := w.Stats()
	if s.Marked < 300 || s.Marked != s.Polled || s.Uncommitted != 0 {
		t.Errorf("after Run: %+v", s)
	}
	next := b.run(config{})
	eventually(t, "the rest is committed", b.isCommitted)
	b.audit()
	if n := next.Stats().Polled + s.Polled; n != 1000 {
		t.Errorf("%d records were polled, of 1000", n)
	}
	if err := next.Stop(); err != nil {
		t.Error(err)
	}
}

// What could not be drained in time is for others, at once.
func TestDrainTimeout(t *testing.T) {
	b := newBroker(t)
	sink := b.sink
	sink.Fail(errDown)
	w := b.run(config{DrainTimeout: 50 * time.Millisecond})
	b.produce(10, 0, 100)
	eventually(t, "all are open", func() bool { return w.Stats().OpenRecords == 100 })
	began := time.Now()
	err := w.Stop()
	if err == nil || !strings.Contains(err.Error(), "100 records not delivered, they are read again: pbufkafka: DrainTimeout is 50ms") {
		t.Errorf("Run returned %v", err)
	}
	if d := time.Since(began); d > time.Second {
		t.Errorf("it took %v to leave", d)
	}
	if n := b.requests(kmsg.OffsetCommit); n != 0 {
		t.Errorf("%d commits, with nothing in the table", n)
	}
	sink.Fail(nil)
	next := b.run(config{})
	eventually(t, "all is committed", b.isCommitted)
	b.audit()
	if s := next.Stats(); s.Polled != 100 {
		t.Errorf("%d records were read again, want 100", s.Polled)
	}
	if err := next.Stop(); err != nil {
		t.Error(err)
	}
}

// A writer that waits for room is let go when the time for the drain is over.
func TestDrainTimeoutOfABlockedPut(t *testing.T) {
	b := newBroker(t)
	sink := b.sink
	free := sink.Block()
	defer close(free)
	m := newBuffer(t, sink, func(o *options) { o.Capacity = 10 })
	w := b.run(config{Buffer: m, DrainTimeout: time.Second})
	b.produce(100, 0, 300)
	eventually(t, "the writer waits for room", func() bool { return m.Stats().WritesBlocked > 0 })
	if err := w.Stop(); err == nil || !strings.Contains(err.Error(), "records not delivered") {
		t.Errorf("Run returned %v", err)
	}
	if n := b.requests(kmsg.OffsetCommit); n != 0 {
		t.Errorf("%d commits, with nothing in the table", n)
	}
}
