package linear

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/internal/prove/history"
	"github.com/partitioned-buffer/go/pbuf"
)

// TestMapDeliveryLinearizableConcurrentSafe: histories of a Map whose processor
// fails a part of its batches, which come back; in turn with Options.Merge, with
// a memory of versions for all keys, with both, with neither, and with
// Options.Newer. Of what the flusher does, the processor and the hooks see when,
// and not all of what: a failed entry goes back at some moment between the end of
// its call and the end of its cycle, and with which outcome is for the model to
// find.
func TestMapDeliveryLinearizableConcurrentSafe(t *testing.T) {
	random := rng(t)
	operations, restored, stale := 0, 0, 0
	for round := range *rounds {
		log := new(history.Log)
		sink := &failing{log: log, memory: round%5 == 1 || round%5 == 3, merge: round%5 == 2 || round%5 == 3, newer: round%5 == 4, rng: random(round*16 + writers)}
		deliveryRound(t, random, round, sink)
		ops := log.Operations()
		operations += len(ops)
		restored += sink.restored
		for _, o := range ops {
			if o.Output.(history.Seen).Result == history.Stale {
				stale++
			}
		}
		if err := history.Check(history.PerKey(), ops); err != nil {
			t.Fatalf("round %d, memory %v, merge %v, newer %v: G1 to G4: %v", round, sink.memory, sink.merge, sink.newer, err)
		}
	}
	if restored < *rounds || stale < *rounds {
		t.Errorf("%d failed entries and %d stale writes in %d rounds, want more than one a round", restored, stale, *rounds)
	}
	t.Logf("explored: %d histories with failed deliveries, %d operations, %d failed entries", *rounds, operations, restored)
}

// failing is a processor that fails some entries, and the flusher's part of the
// history. All but fair is the flusher's own.
type failing struct {
	log                  *history.Log
	memory, merge, newer bool
	rng                  *rand.Rand
	fair                 atomic.Bool // no failure any more

	last, started int64 // the end of the cycle before, the start of this one
	moved         [history.Keys]history.Cell
	tried         bool // a call of this cycle failed: another one could end the cycle early
	pending       []pending
	restored      int
}

// pending is an operation that is over by the end of the cycle.
type pending struct {
	op   history.Op
	call int64
}

func (s *failing) start(pbuf.FlushInfo) {
	s.released()
	s.started, s.tried = s.log.Now(), false
	s.moved = [history.Keys]history.Cell{}
}

func (s *failing) released() {
	if s.last > 0 {
		s.log.Add(writers, history.Op{Kind: history.Release}, s.last, history.Seen{}, s.log.Now())
	}
}

var errSink = errors.New("the sink is down")

func (s *failing) process(_ context.Context, batch []pbuf.Entry[int, int]) error {
	called := s.log.Now()
	var failed []pbuf.Entry[int, int]
	for _, e := range batch {
		cell := cellOf(e)
		s.moved[e.Key] = cell
		if !s.fair.Load() && !s.tried && s.rng.IntN(2) == 0 {
			failed = append(failed, e)
		} else if s.memory {
			s.pending = append(s.pending, pending{history.Op{Kind: history.Remember, Key: e.Key, Version: e.Version}, called})
		}
	}
	if len(failed) == 0 {
		return nil
	}
	s.tried = true
	s.restored += len(failed)
	kind, now := history.Restore, s.log.Now()
	if s.merge {
		kind = history.RestoreMerged
	}
	for _, e := range failed {
		cell := cellOf(e)
		cell.Attempts++
		s.pending = append(s.pending, pending{history.Op{Kind: kind, Key: e.Key, Cell: cell}, now})
	}
	return pbuf.Failed(errSink, failed...)
}

func cellOf(e pbuf.Entry[int, int]) history.Cell {
	return history.Cell{Live: true, Value: e.Value, Version: e.Version, Updates: e.Updates, Attempts: e.Attempts, Deleted: e.Deleted}
}

func (s *failing) stop(pbuf.FlushInfo) {
	s.log.Add(writers+1, history.Op{Kind: history.Retire}, s.last, history.Seen{OK: true, Moved: s.moved}, s.started)
	s.last = s.log.Now()
	for i, p := range s.pending {
		s.log.Add(writers+2+i%8, p.op, p.call, history.Seen{Result: history.Unknown}, s.last)
	}
	s.pending = s.pending[:0]
}

func deliveryRound(t *testing.T, random func(int) *rand.Rand, round int, s *failing) {
	o := pbuf.Options[int, int]{
		// Flush calls alone, which have everything tried: what is not goes back unseen.
		Partitions: 1, Processor: s.process, FlushInterval: time.Hour, Retry: pbuf.Retry{InitialBackoff: time.Hour},
		Hooks: pbuf.Hooks{FlushStart: s.start, FlushStop: s.stop},
	}
	if s.memory {
		o.VersionMemory = history.Keys
	}
	if s.merge {
		o.Merge = func(_, old, value int) int { return history.Combine(old, value) }
	}
	if s.newer {
		o.Newer = history.Newer
	}
	m, err := pbuf.New(o)
	if err != nil {
		t.Fatal(err)
	}
	var flushing, all sync.WaitGroup
	done := make(chan struct{})
	flushing.Go(func() {
		tick := time.NewTicker(20 * time.Microsecond << (round % 8))
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				_ = m.Flush(t.Context()) // it fails where the processor does
			case <-done:
				return
			}
		}
	})
	for w := range writers {
		all.Go(func() {
			client := s.log.Client(w)
			defer client.End()
			r := random(round*16 + w)
			for range perWriter {
				op := draw(r)
				reads := op.Kind == history.Get || op.Kind == history.Delete
				plain := op.Kind == history.Put || op.Kind == history.Merge || op.Kind == history.Bury || op.Kind == history.PutIfNewer
				switch {
				case op.Kind == history.Lookup:
					lookUp(client, m, op)
				case s.newer && !reads:
					op.Kind = history.PutIfNewer
					client.Do(op, func() history.Seen {
						ok, err := m.PutIfNewer(op.Key, op.Value)
						if err == nil && !ok {
							return history.Seen{Result: history.Stale}
						}
						return history.Seen{Result: stored(err)}
					})
				case plain && s.merge:
					op.Kind = history.Merge
					client.Do(op, func() history.Seen { return history.Seen{Result: stored(m.Put(op.Key, op.Value))} })
				default:
					onMap(client, m, op)
				}
				if r.IntN(16) == 0 {
					_ = m.Flush(t.Context()) // it fails where the processor does
				}
			}
		})
	}
	all.Wait()
	close(done)
	flushing.Wait()
	s.fair.Store(true)
	var kept *pbuf.UndeliveredError // by a call that was under way
	if err := m.Close(); err != nil && !errors.As(err, &kept) {
		t.Errorf("Close: %v", err)
	}
	s.released()
	if stats := m.Stats(); stats.Balance() != 0 {
		t.Errorf("round %d: G1: the books are off by %d", round, stats.Balance())
	}
}

func lookUp(c *history.Client, m *pbuf.Map[int, int], o history.Op) {
	c.Do(o, func() history.Seen {
		e, place := m.Lookup(o.Key)
		if place == pbuf.Absent {
			return history.Seen{}
		}
		return history.Seen{OK: true, Flight: place == pbuf.InFlight, Cell: cellOf(e)}
	})
}
