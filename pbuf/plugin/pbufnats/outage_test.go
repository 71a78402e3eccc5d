package pbufnats_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/partitioned-buffer/go/pbuf"
)

var errDown = errors.New("the table is away")

func TestOpenCheckpointsAreKeptAlive(t *testing.T) {
	js := newBroker(t).connect()
	stream(t, js)
	source := consumer(t, js, func(c *jetstream.ConsumerConfig) { c.AckWait = 300 * time.Millisecond })
	sink, want := newTable(), map[string]string{}
	sink.Fail(errDown)
	w := run(t, config{Consumer: source, Buffer: newBuffer(t, sink, nil)})
	publish(t, js, want, 10, 0, 100)
	eventually(t, "each message was kept alive through more than two AckWaits", func() bool { return w.Stats().Extended >= 100*7 })
	if s := w.Stats(); s.Acked != 0 || s.OpenCheckpoints == 0 || s.OpenMessages != 100 || s.OldestOpen < 600*time.Millisecond {
		t.Errorf("with the table away: %+v", s)
	}
	sink.Fail(nil)
	eventually(t, "all is acknowledged", func() bool { return acknowledged(t, source) })
	sink.Compare(t, want)
	if s := w.Stats(); s.Redelivered != 0 {
		t.Errorf("%d messages were delivered twice", s.Redelivered)
	}
	if err := w.Stop(); err != nil {
		t.Error(err)
	}
}

func TestWhatTheBufferLosesComesAgain(t *testing.T) {
	js := newBroker(t).connect()
	stream(t, js)
	source, sink, want := consumer(t, js, nil), newTable(), map[string]string{}
	var calls atomic.Int64
	m := newBuffer(t, sink, func(o *options) {
		o.Retry = pbuf.Retry{Policy: pbuf.GiveUp}
		o.Processor = func(ctx context.Context, batch []entry) error {
			if calls.Add(1) <= 10 {
				return errDown
			}
			return sink.Process(ctx, batch)
		}
	})
	w := run(t, config{Consumer: source, Buffer: m, Batch: 10})
	publish(t, js, want, 10, 0, 200)
	eventually(t, "all is acknowledged", func() bool { return acknowledged(t, source) })
	sink.Compare(t, want)
	if s := w.Stats(); s.Nacked == 0 || s.Redelivered == 0 {
		t.Errorf("nothing was lost: %+v", s)
	}
	if err := w.Stop(); err != nil {
		t.Error(err)
	}
}

func TestBrokerRestarts(t *testing.T) {
	b := newBroker(t)
	js := b.connect()
	stream(t, js)
	source, sink, want := consumer(t, js, func(c *jetstream.ConsumerConfig) { c.AckWait = time.Second }), newTable(), map[string]string{}
	w := run(t, config{Consumer: source, Buffer: newBuffer(t, sink, nil), Batch: 20})
	publish(t, js, want, 30, 0, 2000)
	b.stop()
	eventually(t, "fetches fail", func() bool { return w.Stats().FetchErrors > 0 })
	b.start()
	eventually(t, "the stream is back", func() bool { _, err := js.Stream(t.Context(), "LOG"); return err == nil })
	publish(t, js, want, 30, 2000, 3000)
	eventually(t, "all is acknowledged", func() bool { return acknowledged(t, source) })
	sink.Compare(t, want)
	if err := w.Stop(); err != nil {
		t.Error(err)
	}
}

func TestDeletedConsumerEndsRun(t *testing.T) {
	js := newBroker(t).connect()
	stream(t, js)
	w := run(t, config{Consumer: consumer(t, js, nil), Buffer: newBuffer(t, newTable(), nil), MaxWait: 5 * time.Second})
	eventually(t, "it fetches", func() bool { return info(t, consumer(t, js, nil)).NumWaiting > 0 })
	if err := js.DeleteConsumer(t.Context(), "LOG", "fleet"); err != nil {
		t.Fatal(err)
	}
	if err := w.Wait(); !errors.Is(err, jetstream.ErrConsumerDeleted) || !strings.HasPrefix(err.Error(), "pbufnats: ") {
		t.Errorf("Run returned %v", err)
	}
	if err := w.Run(t.Context()); err == nil {
		t.Error("Run ran twice")
	}
}
