package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// putNewer is pbuf's Map.PutNewer.
type putNewer func(id string, q quake, version int64) (stored bool, err error)

// poller asks the feed every minute and puts every event of every answer.
type poller struct {
	window window
	behind int64 // how old its copies of the feed are, in ms
	put    putNewer

	// The progress display reads these meanwhile.
	polls, putsSoFar atomic.Int64

	// The rest belongs to run until it returns.
	puts    uint64
	stored  uint64
	newest  []int64 // highest version put, by index of the event
	seen    []bool  // whether the event was put at all
	latency *hdrhistogram.Histogram
}

// slowest is where latencies are cut off, in ns.
const slowest = int64(10 * time.Second)

// newPollers makes n pollers. Each sees copies of the feed that are a minute
// and a bit older than the previous one's, as caches serve them: so an older
// version of an event often follows a newer one.
func newPollers(n int, f *feed, put putNewer) []*poller {
	all := make([]*poller, n)
	for i := range all {
		all[i] = &poller{
			window:  window{feed: f},
			behind:  int64(i)*pollEveryMS + int64(i)*pollEveryMS/int64(n),
			put:     put,
			newest:  make([]int64, len(f.events)),
			seen:    make([]bool, len(f.events)),
			latency: hdrhistogram.New(1, slowest, 3),
		}
	}
	return all
}

// run polls until the feed is replayed. It ends early with the context's error
// after a whole poll, or with a put's.
func (p *poller) run(ctx context.Context, c clock) error {
	f := p.window.feed
	for n := range f.polls() {
		now := f.pollMS(n)
		if err := c.wait(ctx, now-f.start()+p.behind); err != nil {
			return err
		}
		for i, rev := range p.window.poll(now) {
			if err := p.putOne(i, rev); err != nil {
				return fmt.Errorf("put %s version %d: %w", rev.ID, rev.Version, err)
			}
		}
		p.polls.Add(1)
		p.putsSoFar.Store(int64(p.puts))
	}
	return nil
}

func (p *poller) putOne(i int, rev *revision) error {
	before := time.Now()
	stored, err := p.put(rev.ID, rev.Quake, rev.Version)
	took := time.Since(before)
	if err != nil {
		return err
	}
	p.puts++
	if stored {
		p.stored++
	}
	if !p.seen[i] || p.newest[i] < rev.Version {
		p.seen[i], p.newest[i] = true, rev.Version
	}
	// It cannot fail: the value is cut to the histogram's range.
	_ = p.latency.RecordValue(min(max(int64(took), 1), slowest))
	return nil
}
