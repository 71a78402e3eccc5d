package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"golang.org/x/sync/errgroup"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufslog"
)

const batchPatience = 15 * time.Second // for one upsert

// retry keeps what the database did not take until it does, without a limit of
// attempts. The backoff stays short so that little time passes between the
// database's return and the next upsert.
var retry = pbuf.Retry{
	Policy:         pbuf.Requeue,
	InitialBackoff: 50 * time.Millisecond,
	MaxBackoff:     time.Second,
}

// pipeline is feed, pollers, buffer and database put together.
type pipeline struct {
	feed    *feed
	sink    sink
	buffer  *pbuf.Map[string, quake]
	pollers []*poller
	drain   time.Duration // for all that is buffered at the end
}

// result is what a replay did.
type result struct {
	interrupted  bool
	untilMS      int64 // the feed's time that the first poller came to
	took         time.Duration
	puts, stored uint64
	books        pbuf.Stats              // the buffer's, after Stop
	latency      *hdrhistogram.Histogram // of puts, ns
	want         map[string]revision     // what the table must hold
	undelivered  error                   // what Stop said
}

func newPipeline(c config, f *feed, s sink, log *slog.Logger) (*pipeline, error) {
	hooks, err := pbufslog.Hooks(log)
	if err != nil {
		return nil, err
	}
	buffer, err := pbuf.New(pbuf.Options[string, quake]{
		Name:             "ingest",
		Processor:        s.save,
		Partitions:       c.partitions,
		FlushInterval:    c.interval,
		ProcessorTimeout: batchPatience,
		BatchSize:        c.batch,
		Retry:            retry,
		Hooks:            hooks,
	})
	if err != nil {
		return nil, err
	}
	return &pipeline{feed: f, sink: s, buffer: buffer, pollers: newPollers(c.pollers, f, buffer.PutNewer), drain: c.drain}, nil
}

// replay runs the pollers until the feed ends or the context does, and then
// drains the buffer. The error is a poller's; the result is good all the same.
func (p *pipeline) replay(ctx context.Context, speed float64) (*result, error) {
	began := time.Now()
	group, inGroup := errgroup.WithContext(ctx)
	for _, one := range p.pollers {
		group.Go(func() error { return one.run(inGroup, clock{start: began, speed: speed}) })
	}
	err := group.Wait()
	interrupted := err != nil && errors.Is(err, ctx.Err())
	if interrupted {
		err = nil
	}

	// A context of its own: Ctrl-C ends the polling, not the draining.
	drain, cancel := context.WithTimeout(context.Background(), p.drain)
	defer cancel()
	r := &result{interrupted: interrupted, undelivered: p.buffer.Stop(drain)}
	r.took = time.Since(began)
	p.count(r)
	if interrupted || err != nil {
		r.want = p.feed.newestPut(p.pollers)
	} else {
		r.want = p.feed.newestRevisions()
	}
	return r, err
}

func (p *pipeline) count(r *result) {
	r.latency = hdrhistogram.New(1, slowest, 3)
	for _, one := range p.pollers {
		r.puts += one.puts
		r.stored += one.stored
		r.latency.Merge(one.latency)
	}
	r.books = p.buffer.Stats()
	r.untilMS = p.reachedMS()
}

// reachedMS is the feed's time that the first poller has come to.
func (p *pipeline) reachedMS() int64 {
	return p.feed.pollMS(max(0, int(p.pollers[0].polls.Load())-1))
}
