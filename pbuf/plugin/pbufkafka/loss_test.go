package pbufkafka_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufkafka"
)

// losing has the buffer give up what comes in the first calls.
func losing(sink *table, calls int64) func(*options) {
	var n atomic.Int64
	return func(o *options) {
		o.Retry = pbuf.Retry{Policy: pbuf.GiveUp}
		o.Processor = func(ctx context.Context, batch []entry) error {
			if n.Add(1) <= calls {
				return errDown
			}
			return sink.Process(ctx, batch)
		}
	}
}

func TestWhatTheBufferLosesIsReadAgain(t *testing.T) {
	b := newBroker(t)
	sink := b.sink
	b.produce(10, 0, 200)
	w := b.run(config{Buffer: newBuffer(t, sink, losing(sink, 5)), Batch: 10, LossDelay: 50 * time.Millisecond})
	eventually(t, "all is committed", b.isCommitted)
	b.audit()
	var lost *pbuf.CheckpointError
	if s := w.Stats(); s.Losses == 0 || s.Reread == 0 || s.Polled <= 200 || !errors.As(s.LastError, &lost) {
		t.Errorf("nothing was lost: %+v", s)
	}
	b.forwards(0)
	if err := w.Stop(); err != nil {
		t.Error(err)
	}
}

func TestLossStopEndsRun(t *testing.T) {
	b := newBroker(t)
	sink := b.sink
	b.produce(10, 0, 200)
	w := b.run(config{Buffer: newBuffer(t, sink, losing(sink, 1)), Batch: 10, OnLoss: pbufkafka.LossStop})
	err := w.Wait()
	var loss *pbufkafka.LossError
	var lost *pbuf.CheckpointError
	if !errors.As(err, &loss) || !errors.As(err, &lost) || !strings.HasPrefix(err.Error(), "pbufkafka: OnLoss is LossStop: ") {
		t.Errorf("Run returned %v", err)
	}
	w = b.run(config{})
	eventually(t, "all is committed", b.isCommitted)
	b.audit()
	if err := w.Stop(); err != nil {
		t.Error(err)
	}
}

func TestWhatHasNoRoomIsReadAgain(t *testing.T) {
	b := newBroker(t)
	sink := b.sink
	m := newBuffer(t, sink, func(o *options) { o.Capacity, o.OnFull = 10, pbuf.Reject })
	w := b.run(config{Buffer: m, LossDelay: 50 * time.Millisecond})
	b.produce(100, 0, 300)
	eventually(t, "all is committed", b.isCommitted)
	b.audit()
	if s := w.Stats(); s.Losses == 0 || s.Reread == 0 || !errors.Is(s.LastError, pbuf.ErrFull) {
		t.Errorf("nothing was refused for want of room: %+v", s)
	}
	b.forwards(0)
	if err := w.Stop(); err != nil {
		t.Error(err)
	}
}

// A partition that is to be read again goes to another member first.
func TestLossAndRebalance(t *testing.T) {
	b := newBroker(t)
	sink := b.sink
	b.produce(60, 0, 600)
	first := b.run(config{Buffer: newBuffer(t, sink, losing(sink, 4)), Batch: 100, LossDelay: 2 * time.Second})
	eventually(t, "something is lost", func() bool { return first.Stats().Losses > 0 })
	second := b.run(config{})
	eventually(t, "they share", func() bool { return first.Stats().Partitions == 3 && second.Stats().Partitions == 3 })
	eventually(t, "all is committed", b.isCommitted)
	b.audit()
	b.forwards(0)
	for _, w := range []*worker{first, second} {
		if err := w.Stop(); err != nil {
			t.Error(err)
		}
	}
}
