package schedules

import (
	"math/rand/v2"

	"github.com/partitioned-buffer/go/internal/prove/history"
)

// Draw returns program number n of a seed: one that nobody thought of.
func Draw(seed, n uint64) Program {
	r := rand.New(rand.NewPCG(seed, n))
	p := Program{Before: drawOps(r, r.IntN(3)), Stop: r.IntN(4) == 0}
	if r.IntN(3) == 0 {
		p.Warm = 3
	}
	if r.IntN(6) == 0 {
		p.Limit = 1 + r.Int64N(2)
	}
	p.Memory = r.IntN(4) == 0
	for range 1 + r.IntN(3) {
		p.Writers = append(p.Writers, drawOps(r, 1+r.IntN(3)))
	}
	for range r.IntN(4) {
		p.Cycles = append(p.Cycles, Cycle(r.IntN(int(Merging)+1)))
	}
	return p
}

func drawOps(r *rand.Rand, n int) (list ops) {
	kinds := []history.Kind{
		history.Put, history.Put, history.PutNewer, history.PutNewer, history.PutNewer, history.Bury,
		history.BuryNewer, history.Merge, history.PutIfNewer, history.PutIfNewer, history.Get, history.Get, history.Delete, history.Delete, history.Lookup,
	}
	for range n {
		list = append(list, history.Op{
			Kind: kinds[r.IntN(len(kinds))], Key: r.IntN(history.Keys), Value: 1 + r.IntN(1000), Version: r.Int64N(4) - 1,
		})
	}
	return list
}
