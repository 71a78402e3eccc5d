package main

import (
	"context"
	"errors"
	"math"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/partitioned-buffer/go/pbuf"
)

// amount is what the messages of a key in one generation come to.
type amount struct {
	total, messages int64
	after, last     uint64    // the sequences of what the partition has before the earliest of them, and of the latest
	since           time.Time // when the earliest came to the stream
}

func merge(_ string, old, new amount) amount {
	return amount{old.total + new.total, old.messages + new.messages, old.after, new.last, old.since}
}

// owner brings the log of a partition into the sums, from where they are, until
// another does. It has a buffer of one partition and puts alone, in the order of the
// log: so a generation is a piece of the log without gaps, and says itself where it
// begins and ends.
type owner struct {
	partition int
	apply     func(ctx context.Context, partition int, from, to uint64, rows []sumEntry) (news bool, err error)
	fence     func(error) // told that it is over
	counts    *sumCounts
}

func (o *owner) options() pbuf.Options[string, amount] {
	return pbuf.Options[string, amount]{
		Name: "sums", TableProcessor: o.deliver, Merge: merge, Partitions: 1,
		FlushInterval: flushInterval, Capacity: 20_000,
		// What is newer cannot be applied before it.
		Retry: pbuf.Retry{Policy: pbuf.Replay, MaxBackoff: time.Second},
	}
}

// deliver applies a generation.
func (o *owner) deliver(ctx context.Context, t *pbuf.Table[string, amount]) error {
	from, to, since := uint64(math.MaxUint64), uint64(0), time.Now()
	rows := make([]sumEntry, 0, t.Len())
	messages := uint64(0)
	for e := range t.All() {
		rows = append(rows, e)
		from, to = min(from, e.Value.after), max(to, e.Value.last)
		messages += uint64(e.Value.messages)
		if e.Value.since.Before(since) {
			since = e.Value.since
		}
	}
	news, err := o.apply(ctx, o.partition, from, to, rows)
	if errors.Is(err, errFenced) {
		o.counts.change(func(r *report) { r.Fenced++ })
		o.fence(err)
		return pbuf.Permanent(err)
	}
	if err != nil {
		return err
	}
	o.counts.change(func(r *report) {
		if !news {
			r.Known++
			return
		}
		r.Commits++
		r.Acked += messages
		r.Upserts += uint64(len(rows))
		r.Lags = append(r.Lags, time.Since(since))
	})
	return nil
}

// life is from a look at where the sums are to whatever ends it. What is in the buffer
// then is delivered if it can be, or else read again by whoever begins next.
func (o *owner) life(ctx context.Context, js jetstream.JetStream, l *ledger) error {
	from, err := l.at(ctx, o.partition)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	o.fence = func(err error) { cancel(err) }
	buf, err := pbuf.New(o.options())
	if err != nil {
		return err
	}
	err = o.read(ctx, js, from, buf)
	stop, stopped := context.WithTimeout(context.Background(), flushInterval)
	defer stopped()
	return errors.Join(err, buf.Stop(stop))
}

func (o *owner) read(ctx context.Context, js jetstream.JetStream, from uint64, buf *pbuf.Map[string, amount]) error {
	consumer, err := js.OrderedConsumer(ctx, streamName, jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{partitionSubject(o.partition)},
		DeliverPolicy:  jetstream.DeliverByStartSequencePolicy, OptStartSeq: from + 1,
		InactiveThreshold: ackWait,
	})
	if err != nil {
		return err
	}
	messages, err := consumer.Messages()
	if err != nil {
		return err
	}
	defer messages.Stop()
	for after := from; ; {
		m, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return err
		}
		meta, err := m.Metadata()
		if err != nil {
			return err
		}
		key, err := keyOf(m.Subject())
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(string(m.Data()), 10, 64)
		if err != nil {
			return err
		}
		if err := buf.PutContext(ctx, key, amount{n, 1, after, meta.Sequence.Stream, meta.Timestamp}); err != nil {
			return err
		}
		after = meta.Sequence.Stream
		o.counts.change(func(r *report) { r.Fetched++; r.Stored++ })
	}
}

// sumCounts are what a worker reports.
type sumCounts struct {
	mu     sync.Mutex
	report report // guarded by mu
}

func (c *sumCounts) change(f func(*report)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f(&c.report)
}

// take returns the report, and begins a new list of lags.
func (c *sumCounts) take() (r report) {
	c.change(func(now *report) { r = *now; now.Lags = nil })
	return r
}
