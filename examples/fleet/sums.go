package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// sums is the job of a fleet with -sum: the total of each key's numbers.
type sums struct{}

// total is a row, or what the log says it must be.
type total struct{ total, messages int64 }

// open is how many partitions are not at the end of their log.
func (sums) open(ctx context.Context, r *runner) (n uint64, err error) {
	stream, err := r.js.Stream(ctx, streamName)
	if err != nil {
		return 0, err
	}
	for p := range partitions {
		last, err := stream.GetLastMsgForSubject(ctx, partitionSubject(p))
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			continue
		}
		if err != nil {
			return 0, err
		}
		at, err := (&ledger{r.db}).at(ctx, p)
		if err != nil {
			return 0, err
		}
		if at < last.Sequence {
			n++
		}
	}
	return n, nil
}

func (sums) compare(ctx context.Context, db *database, log []record) (rows int, differences []string, err error) {
	want := map[string]total{}
	for _, m := range log {
		var n int64
		if _, err := fmt.Sscan(m.data, &n); err != nil {
			return 0, nil, fmt.Errorf("message %d: %w", m.seq, err)
		}
		t := want[m.key]
		want[m.key] = total{t.total + n, t.messages + 1}
	}
	got, err := readRows(ctx, db, `SELECT key, total, messages FROM pbuf_fleet_sums`,
		func(t *total) []any { return []any{&t.total, &t.messages} })
	return len(want), compare(want, got), err
}

func (sums) lines(s report) []string {
	return []string{
		fmt.Sprintf("read and put           %d", s.Fetched),
		fmt.Sprintf("transactions           %d, that added %d messages to %d rows", s.Commits, s.Acked, s.Upserts),
		fmt.Sprintf("generations not added  %d another worker had gone on, %d were there already", s.Fenced, s.Known),
	}
}

// runSums is a worker: it owns the partitions for which it is the best of those alive,
// as it sees that. Others may see it differently for a while: see ledger.apply.
func runSums(ctx context.Context, s settings, stdout io.Writer) error {
	js, db, detach, err := attach(s)
	if err != nil {
		return err
	}
	defer detach()
	w := &sumWorker{settings: s, js: js, ledger: &ledger{db}, running: map[int]*ownership{}}
	w.run(ctx, json.NewEncoder(stdout))
	stop, cancel := context.WithTimeout(context.Background(), flushInterval)
	defer cancel()
	_ = w.ledger.leave(stop, s.worker) // or it is found out after a second
	return nil
}

type sumWorker struct {
	settings settings
	js       jetstream.JetStream
	ledger   *ledger
	counts   sumCounts
	running  map[int]*ownership // by partition
	owners   sync.WaitGroup
}

// ownership is an owner at work, from life to life.
type ownership struct {
	cancel context.CancelFunc
	ended  chan struct{}
}

func (w *sumWorker) run(ctx context.Context, out *json.Encoder) {
	report, assign := time.NewTicker(reportInterval), time.NewTicker(250*time.Millisecond)
	defer report.Stop()
	defer assign.Stop()
	w.assign(ctx)
	for ctx.Err() == nil {
		select {
		case <-report.C:
			_ = out.Encode(w.counts.take()) // an error: the runner is gone, and so are we
		case <-assign.C:
			w.assign(ctx)
		case <-ctx.Done():
		}
	}
	w.owners.Wait()
	last := w.counts.take()
	last.Draining = true
	_ = out.Encode(last)
}

// assign starts and ends owners. Without the database nothing changes.
func (w *sumWorker) assign(ctx context.Context) {
	asking, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	members, err := w.ledger.members(asking, w.settings.worker)
	if err != nil {
		return
	}
	for p := range partitions {
		mine, o := best(members, p) == w.settings.worker, w.running[p]
		switch {
		case o == nil && mine:
			w.running[p] = w.begin(ctx, p)
		case o != nil && !mine:
			o.cancel()
			select {
			case <-o.ended:
				delete(w.running, p)
			default: // it delivers what it has
			}
		}
	}
}

func (w *sumWorker) begin(ctx context.Context, partition int) *ownership {
	ctx, cancel := context.WithCancel(ctx)
	o := &ownership{cancel, make(chan struct{})}
	w.owners.Go(func() {
		defer close(o.ended)
		defer cancel()
		apply := w.ledger.apply
		if w.settings.unsafe {
			apply = w.ledger.applyApart
		}
		for ctx.Err() == nil {
			// Whatever ends it, broker, database, another owner: the next life begins
			// where the sums are.
			_ = (&owner{partition: partition, apply: apply, counts: &w.counts}).life(ctx, w.js, w.ledger)
			pause(ctx, 50*time.Millisecond)
		}
	})
	return o
}

// best is whose partition it is: who is added or gone moves no other's.
func best(members []int, partition int) (worker int) {
	for _, m := range members {
		if worker == 0 || mixed(m, partition) < mixed(worker, partition) {
			worker = m
		}
	}
	return worker
}
