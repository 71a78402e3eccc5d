package linear

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/partitioned-buffer/go/internal/prove/history"
	"github.com/partitioned-buffer/go/internal/shard"
)

const (
	writers   = 3
	perWriter = 25
	cycles    = 8
)

// TestPartitionLinearizableConcurrentSafe: histories of every operation that a
// partition has, with a flusher that delivers and requeues, and in
// every fourth round a Stop beside it all.
func TestPartitionLinearizableConcurrentSafe(t *testing.T) {
	random := rng(t)
	operations := 0
	for round := range *rounds {
		log := partitionRound(random, round)
		operations += len(log.Operations())
		if err := history.Check(history.PerKey(), log.Operations()); err != nil {
			t.Fatalf("round %d: G1, G2, G4: %v", round, err)
		}
	}
	t.Logf("explored: %d histories, %d operations", *rounds, operations)
}

// TestPartitionLinearizableAsAWholeConcurrentSafe: shorter histories, checked
// with all keys as one object, so that a swap must move them at one moment.
func TestPartitionLinearizableAsAWholeConcurrentSafe(t *testing.T) {
	random := rng(t)
	operations := 0
	for round := range *rounds {
		log := partitionRound(random, round)
		ops := log.Operations()
		operations += len(ops)
		if err := history.Check(history.Whole(), ops); err != nil {
			t.Fatalf("round %d: G1, G2, G4: %v", round, err)
		}
	}
	t.Logf("explored: %d histories as a whole, %d operations", *rounds, operations)
}

func partitionRound(random func(int) *rand.Rand, round int) *history.Log {
	var memory *shard.Versions[int]
	if round%3 == 0 {
		memory = shard.NewVersions[int](history.Keys)
	}
	p := shard.NewPartition[int, int](shard.Config[int]{Hash: history.Hash, Versions: memory})
	log := new(history.Log)
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			c := log.Client(w)
			defer c.End()
			r := random(round*16 + w)
			for range perWriter {
				c.Write(p, draw(r))
			}
		})
	}
	all.Go(func() {
		c := log.Client(writers)
		defer c.End()
		r := random(round*16 + writers)
		for range cycles {
			cycle(c, p, memory, r)
		}
	})
	if round%4 == 0 {
		all.Go(func() {
			c := log.Client(writers + 1)
			defer c.End()
			for range random(round*16 + writers + 1).IntN(200) {
				p.Size() // some time passes
			}
			c.Stop(p)
		})
	}
	all.Wait()
	c := log.Client(writers + 2)
	c.Stop(p)
	c.End()
	return log
}

// cycle is one delivery of the flusher.
func cycle(c *history.Client, p *history.Partition, memory *shard.Versions[int], r *rand.Rand) {
	retired, seen := c.Retire(p)
	if retired == nil {
		return
	}
	kind := history.Restore
	if r.IntN(2) == 0 {
		kind = history.RestoreMerged
	}
	for k, cell := range seen.Moved {
		if cell.Live && r.IntN(3) == 0 {
			seen.Moved[k] = history.Cell{}
			cell.Attempts++
			c.Write(p, history.Op{Kind: kind, Key: k, Cell: cell})
		}
	}
	c.Remember(memory, seen.Moved)
	c.Release(p, retired)
}

func draw(r *rand.Rand) history.Op {
	kinds := [...]history.Kind{
		history.Put, history.Put, history.Put, history.PutNewer, history.PutNewer, history.PutNewer, history.Bury,
		history.BuryNewer, history.Merge, history.PutIfNewer, history.PutIfNewer, history.Get, history.Get, history.Delete, history.Lookup,
	}
	return history.Op{
		Kind: kinds[r.IntN(len(kinds))], Key: r.IntN(history.Keys), Value: r.IntN(1_000_000), Version: r.Int64N(8) - 1,
	}
}
