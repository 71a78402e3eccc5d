package pbufnats_test

import (
	"strings"
	"testing"
	"time"
)

// A worker that leaves in good order leaves nothing to be delivered again.
func TestDrain(t *testing.T) {
	js := newBroker(t).connect()
	stream(t, js)
	source, sink, want := consumer(t, js, nil), newTable(), map[string]string{}
	m := newBuffer(t, sink, func(o *options) { o.FlushInterval = time.Hour }) // only its own flush delivers
	w := run(t, config{Consumer: source, Buffer: m, Batch: 100})
	publish(t, js, want, 50, 0, 1000)
	eventually(t, "some are open", func() bool { return w.Stats().OpenMessages >= 300 })
	if err := w.Stop(); err != nil {
		t.Fatal(err)
	}
	if i := info(t, source); i.NumAckPending != 0 || i.NumWaiting != 0 {
		t.Errorf("%d messages are not acknowledged, %d fetches wait, when Run has returned", i.NumAckPending, i.NumWaiting)
	}
	if s := w.Stats(); s.Acked < 300 || s.Acked != s.Fetched {
		t.Errorf("after Run: %+v", s)
	}
	w = run(t, config{Consumer: source, Buffer: newBuffer(t, sink, nil)})
	eventually(t, "the rest is acknowledged", func() bool { return acknowledged(t, source) })
	sink.Compare(t, want)
	if s := w.Stats(); s.Redelivered != 0 {
		t.Errorf("%d messages were delivered twice", s.Redelivered)
	}
	if err := w.Stop(); err != nil {
		t.Error(err)
	}
}

// What could not be drained in time is for others, at once.
func TestDrainTimeout(t *testing.T) {
	js := newBroker(t).connect()
	stream(t, js)
	source, sink, want := consumer(t, js, nil), newTable(), map[string]string{}
	sink.Fail(errDown)
	w := run(t, config{Consumer: source, Buffer: newBuffer(t, sink, nil), DrainTimeout: 50 * time.Millisecond})
	publish(t, js, want, 10, 0, 100)
	eventually(t, "all are open", func() bool { return w.Stats().OpenMessages == 100 })
	err := w.Stop()
	if err == nil || !strings.Contains(err.Error(), "100 messages not acknowledged: pbufnats: DrainTimeout is 50ms") {
		t.Errorf("Run returned %v", err)
	}
	other := newTable()
	w = run(t, config{Consumer: source, Buffer: newBuffer(t, other, nil)})
	eventually(t, "all is acknowledged", func() bool { return acknowledged(t, source) })
	other.Compare(t, want)
	if s := w.Stats(); s.Redelivered != 100 {
		t.Errorf("%d messages were given back, want 100", s.Redelivered)
	}
	if err := w.Stop(); err != nil {
		t.Error(err)
	}
}
