package fleet

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"github.com/partitioned-buffer/go/pbuf"
)

// process is what of a worker a kill or a pause hits: its calls of the table.
type process struct {
	table  *table
	seed   uint64
	faults atomic.Uint64 // in 10 calls; the schedule stores, a call loads: it orders nothing else
	drops  bool          // some faults are for good

	mu     sync.Mutex
	frozen chan struct{} // guarded by mu; closed when it goes on; nil: it runs
	dead   chan struct{} // closed by kill
	late   [][]entry     // guarded by mu: batches that it had sent when it was killed
}

// deliver is the processor. What it does is drawn by the batch, not by the order in
// which partitions come here.
func (p *process) deliver(ctx context.Context, batch []entry) error {
	select {
	case <-p.dead:
		return nil
	default:
	}
	if !p.thaw(batch) {
		return nil
	}
	if p.table.isDown() {
		return errSink
	}
	b, _ := pbuf.BatchFrom(ctx)
	random := rand.New(rand.NewPCG(p.seed, uint64(b.Partition)<<48^b.Generation<<16^uint64(b.Number)<<8^uint64(b.Attempt)))
	if random.Uint64N(10) >= p.faults.Load() {
		p.table.apply(batch)
		return nil
	}
	switch random.IntN(5) {
	case 0: // it was applied, and nobody knows
		p.table.apply(batch)
		return errSink
	case 1: // in part
		n := 1 + random.IntN(len(batch))
		p.table.apply(batch[n:])
		return pbuf.Failed(errSink, batch[:n]...)
	case 2:
		if p.drops {
			return pbuf.Permanent(errSink)
		}
		return errSink
	case 3: // too late
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-p.dead:
			return nil
		}
	default:
		panic(errSink)
	}
}

// thaw waits until the process is not frozen, with the batch on its way. false: it was
// killed first, and the batch comes to the table when its time has come.
func (p *process) thaw(batch []entry) bool {
	p.mu.Lock()
	frozen := p.frozen
	p.mu.Unlock()
	if frozen == nil {
		return true
	}
	select {
	case <-frozen:
		return true
	case <-p.dead:
		p.mu.Lock()
		defer p.mu.Unlock()
		p.late = append(p.late, append([]entry(nil), batch...))
		return false
	}
}

func (p *process) freeze() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.frozen == nil {
		p.frozen = make(chan struct{})
	}
}

func (p *process) resume() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.frozen != nil {
		close(p.frozen)
		p.frozen = nil
	}
}

func (p *process) isFrozen() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.frozen != nil
}
