package linear

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/internal/prove/history"
	"github.com/partitioned-buffer/go/pbuf"
)

// TestMapLinearizableConcurrentSafe: histories of a Map's public functions, with
// flushes by interval, threshold and call. Of the swaps nothing is seen but what
// the processor gets, so each is taken to have happened at some moment between
// the end of one delivery and the start of the next.
func TestMapLinearizableConcurrentSafe(t *testing.T) {
	random := rng(t)
	operations, deliveries := 0, 0
	for round := range *rounds {
		log, n := mapRound(t, random, round)
		ops := log.Operations()
		operations += len(ops)
		deliveries += n
		if err := history.Check(history.PerKey(), ops); err != nil {
			t.Fatalf("round %d: G1 to G4: %v", round, err)
		}
	}
	if deliveries < *rounds {
		t.Errorf("%d deliveries in %d rounds, want more than one a round", deliveries, *rounds)
	}
	t.Logf("explored: %d histories of the Map, %d operations, %d deliveries", *rounds, operations, deliveries)
}

// courier is the flusher's part of the history, written by its hooks and its
// processor.
type courier struct {
	log     *history.Log
	last    int64 // when the delivery before ended
	started int64
	moved   [history.Keys]history.Cell
	count   int
}

func (c *courier) start(pbuf.FlushInfo) {
	c.released()
	c.started = c.log.Now()
	c.moved = [history.Keys]history.Cell{}
}

// released records that the delivery before has left flight by now.
func (c *courier) released() {
	if c.last > 0 {
		c.log.Add(writers+1, history.Op{Kind: history.Release}, c.last, history.Seen{}, c.log.Now())
	}
}

func (c *courier) process(_ context.Context, batch []pbuf.Entry[int, int]) error {
	for _, e := range batch {
		if c.moved[e.Key].Live {
			return errors.New("a key twice in one generation")
		}
		c.moved[e.Key] = history.Cell{Live: true, Value: e.Value, Version: e.Version, Updates: e.Updates}
	}
	return nil
}

func (c *courier) stop(pbuf.FlushInfo) {
	c.log.Add(writers, history.Op{Kind: history.Retire}, c.last, history.Seen{OK: true, Moved: c.moved}, c.started)
	c.last = c.log.Now()
	c.count++
}

func mapRound(t *testing.T, random func(int) *rand.Rand, round int) (*history.Log, int) {
	log := new(history.Log)
	c := &courier{log: log}
	m, err := pbuf.New(pbuf.Options[int, int]{
		Partitions: 1, BatchSize: 1 + round%2, Processor: c.process,
		FlushInterval: 100 * time.Microsecond << (round % 6), FlushThreshold: round % 4,
		Hooks: pbuf.Hooks{FlushStart: c.start, FlushStop: c.stop, BatchFailed: func(i pbuf.BatchInfo) {
			t.Errorf("round %d: %v", round, i.Err)
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			client := log.Client(w)
			defer client.End()
			r := random(round*16 + w)
			for range perWriter {
				onMap(client, m, draw(r))
				if r.IntN(16) == 0 {
					if err := m.Flush(t.Context()); err != nil {
						t.Errorf("Flush: %v", err)
					}
				}
			}
		})
	}
	all.Wait()
	if err := m.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	c.released()
	return log, c.count
}

// onMap carries out what the operation is nearest to in the Map's functions.
func onMap(c *history.Client, m *pbuf.Map[int, int], o history.Op) {
	switch o.Kind {
	case history.Get, history.Lookup:
		o.Kind = history.Get
		c.Do(o, func() history.Seen {
			v, ok := m.Get(o.Key)
			return history.Seen{OK: ok, Cell: history.Cell{Value: v}}
		})
	case history.Delete:
		c.Do(o, func() history.Seen {
			ok, err := m.Delete(o.Key)
			return history.Seen{OK: ok, Result: stored(err)}
		})
	case history.PutNewer, history.BuryNewer:
		o.Kind = history.PutNewer
		c.Do(o, func() history.Seen {
			ok, err := m.PutNewer(o.Key, o.Value, o.Version)
			if err == nil && !ok {
				return history.Seen{Result: history.Stale}
			}
			return history.Seen{Result: stored(err)}
		})
	default:
		o.Kind = history.Put
		c.Do(o, func() history.Seen { return history.Seen{Result: stored(m.Put(o.Key, o.Value))} })
	}
}

// stored is what the Map's answer tells; it doesn't tell inserts from overwrites.
func stored(err error) history.Result {
	if err != nil {
		return history.Closed
	}
	return history.Stored
}
