package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufnats"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufsql"
)

// report is a line of a worker: what this life of it has done so far.
type report struct {
	Fetched, Redelivered, Stored, Stale, Acked, Nacked, Extended uint64

	Commits, Known, Fenced uint64 // with -sum: transactions, those that had been done before, those that came too late

	Upserts  uint64          // rows that the table was sent
	Changed  int             // of them, those that it took: the others were not newer
	Lags     []time.Duration // from stream to acknowledgement, samples since the last line
	Draining bool            // the last line, all is acknowledged
}

const reportInterval = 100 * time.Millisecond

// runWorker brings changes from the stream into the table, until ctx ends.
func runWorker(ctx context.Context, s settings, stdout io.Writer) error {
	err := work(ctx, s, stdout)
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return nil // it was told to leave before it had begun
	}
	return err
}

// attach connects a worker to the stream and to the table.
func attach(s settings) (js jetstream.JetStream, db *database, detach func(), err error) {
	if js, err = connect(s); err != nil {
		return nil, nil, nil, err
	}
	if db, err = openDatabase(s); err != nil {
		js.Conn().Close()
		return nil, nil, nil, err
	}
	return js, db, func() { db.Close(); js.Conn().Close() }, nil
}

func work(ctx context.Context, s settings, stdout io.Writer) error {
	js, db, detach, err := attach(s)
	if err != nil {
		return err
	}
	defer detach()
	var save pbuf.Processor[string, string]
	if err := untilThere(ctx, func() (err error) { save, err = newProcessor(ctx, db); return err }); err != nil {
		return err
	}
	parallel := 1 // SQLite has one writer
	if db.dialect == pbufsql.PostgreSQL {
		parallel = 2
	}
	buf, err := pbuf.New(pbuf.Options[string, string]{
		Name: "fleet", Processor: save, FlushInterval: flushInterval, Capacity: 20_000, Tombstones: true,
		Partitions: parallel,
		Retry:      pbuf.Retry{MaxBackoff: time.Second},
	})
	if err != nil {
		return err
	}
	w := &worker{db: db, buf: buf, out: json.NewEncoder(stdout)}
	err = w.consume(ctx, js, s)
	stop, cancel := context.WithTimeout(context.Background(), ackWait)
	defer cancel()
	return errors.Join(err, buf.Stop(stop))
}

// untilThere tries again for a while: the database may be away when a worker starts.
func untilThere(ctx context.Context, try func() error) error {
	late := time.Now().Add(patience)
	for {
		err := try()
		if err == nil || ctx.Err() != nil || time.Now().After(late) {
			return err
		}
		pause(ctx, 100*time.Millisecond)
	}
}

type worker struct {
	db        *database
	buf       *pbuf.Map[string, string]
	consumers []*pbufnats.Consumer[string, string]
	out       *json.Encoder
}

// consume runs a consumer for each partition, and reports.
func (w *worker) consume(ctx context.Context, js jetstream.JetStream, s settings) error {
	for p := range partitions {
		c, err := w.consumer(ctx, js, s, p)
		for errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil { // it was stopped meanwhile, or the broker away
			c, err = w.consumer(ctx, js, s, p)
		}
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return err
		}
		w.consumers = append(w.consumers, c)
	}
	errs := make([]error, partitions+1)
	var running, reporting sync.WaitGroup
	for p, c := range w.consumers {
		running.Go(func() { errs[p] = c.Run(ctx) })
	}
	done, stop := context.WithCancel(context.Background())
	reporting.Go(func() { errs[partitions] = w.report(done) })
	running.Wait()
	stop()
	reporting.Wait()
	return errors.Join(errs...)
}

func (w *worker) consumer(ctx context.Context, js jetstream.JetStream, s settings, partition int) (*pbufnats.Consumer[string, string], error) {
	source, err := js.Consumer(ctx, streamName, consumerName(partition))
	if err != nil {
		return nil, err
	}
	return pbufnats.New(ctx, pbufnats.Config[string, string]{
		Consumer: source, Buffer: w.buf, Decode: decode,
		MaxWait: maxWait, DrainTimeout: ackWait, Rate: float64(s.rate),
		FetchOptions: []jetstream.FetchOpt{
			jetstream.FetchPriorityGroup(group), jetstream.FetchPrioritized(rank(s.worker, partition)),
		},
	})
}

// report writes a line now and then, since a worker that is killed cannot write a last one.
func (w *worker) report(done context.Context) error {
	tick := time.NewTicker(reportInterval)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := w.line(false); err != nil {
				return err
			}
		case <-done.Done():
			return w.line(true)
		}
	}
}

func (w *worker) line(last bool) error {
	r := report{Upserts: w.buf.Stats().Delivered, Draining: last}
	for _, c := range w.consumers {
		s := c.Stats()
		r.Fetched += s.Fetched
		r.Redelivered += s.Redelivered
		r.Stored += s.Stored
		r.Stale += s.Stale
		r.Acked += s.Acked
		r.Nacked += s.Nacked
		r.Extended += s.Extended
		if s.AckLag > 0 {
			r.Lags = append(r.Lags, s.AckLag)
		}
	}
	var err error
	if r.Changed, err = w.db.changed(context.Background()); err != nil {
		return err
	}
	return w.out.Encode(r)
}
