package fleet

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

const interval = time.Second

// worker is one life of a process: a buffer between the broker and the table.
type worker struct {
	*process
	rule    rule
	broker  *broker
	m       *buffer
	waiting []group

	mu      sync.Mutex
	flushes map[int]int // guarded by mu: of each partition, those that have ended
}

// group is a fetch under its checkpoint.
type group struct {
	msgs    []message
	mark    *pbuf.Checkpoint
	touched time.Time
	flushes map[int]int // for the rule that counts them
}

func (w *worker) fetch(n int) error {
	began, msgs := time.Now(), w.broker.fetch(n)
	if len(msgs) == 0 {
		return nil
	}
	var kept []message
	for _, m := range msgs {
		err := w.put(m)
		switch {
		case errors.Is(err, pbuf.ErrFull):
			w.broker.nak(m, interval)
		case err != nil:
			return err
		case w.rule.acksFirst:
			if err := w.broker.ack(m); err != nil {
				return err
			}
		default:
			kept = append(kept, m)
		}
	}
	w.waiting = append(w.waiting, group{kept, w.m.Checkpoint(), began, w.due()})
	return nil
}

func (w *worker) put(m message) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), interval/2)
	defer cancel()
	v, version := value{m.seq, m.gone}, int64(m.seq)
	if w.rule.byArrival {
		w.broker.arrivals++ // for those of one moment
		version = time.Now().UnixNano() + w.broker.arrivals
	}
	switch {
	case w.rule.plain:
		err = w.m.PutContext(ctx, m.key, v)
	case m.gone && !w.rule.byArrival:
		_, err = w.m.DeleteNewerContext(ctx, m.key, version)
	default:
		_, err = w.m.PutNewerContext(ctx, m.key, v, version)
	}
	return err
}

// settle acknowledges what is safe, and gives back what was lost.
func (w *worker) settle() error {
	for len(w.waiting) > 0 {
		g := w.waiting[0]
		done, loss := w.settled(g)
		if !done {
			return nil
		}
		w.waiting = w.waiting[1:]
		for _, m := range g.msgs {
			if loss != nil {
				w.broker.nak(m, interval)
			} else if err := w.broker.ack(m); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *worker) settled(g group) (done bool, loss error) {
	if w.rule.byFlushes {
		w.mu.Lock()
		defer w.mu.Unlock()
		for p, n := range g.flushes {
			if w.flushes[p] < n {
				return false, nil
			}
		}
		return true, nil
	}
	select {
	case <-g.mark.Done():
	default:
		return false, nil
	}
	if w.rule.deaf {
		return true, nil
	}
	return true, g.mark.Err()
}

// keepAlive asks for more time for what waits for long.
func (w *worker) keepAlive() {
	now := time.Now()
	for i := range w.waiting {
		g := &w.waiting[i]
		if now.Sub(g.touched) < ackWait/3 {
			continue
		}
		g.touched = now
		for _, m := range g.msgs {
			w.broker.extend(m)
		}
	}
}

// due is how many flushes of each partition have ended when all that it holds has been
// through one.
func (w *worker) due() map[int]int {
	due := map[int]int{}
	if !w.rule.byFlushes {
		return due
	}
	stats := w.m.Stats().Partitions
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, s := range stats {
		due[i] = w.flushes[i] + min(s.Size, 1) + min(s.InFlight, 1)
	}
	return due
}

func (w *worker) flushed(i pbuf.FlushInfo) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.flushes[i.Partition]++
}

// leave ends it in good order: what it can deliver in time is acknowledged, the rest
// given back.
func (w *worker) leave(patience time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_ = w.m.Stop(ctx) // what it leaves undelivered is told to the checkpoints
	err := w.settle()
	for _, g := range w.waiting {
		for _, m := range g.msgs {
			w.broker.nak(m, 0)
		}
	}
	w.waiting = nil
	return err
}
