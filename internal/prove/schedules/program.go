package schedules

import (
	"fmt"

	"github.com/partitioned-buffer/go/internal/prove/history"
	"github.com/partitioned-buffer/go/internal/prove/sched"
	"github.com/partitioned-buffer/go/internal/shard"
)

// Cycle is what the flusher does between two of its swaps.
type Cycle uint8

// The kinds of cycle.
const (
	Deliver Cycle = iota // retire, release
	Requeue              // retire, restore each entry as a failed delivery would, release
	Merging              // retire, restore each entry merged with what came since, release
)

// Program is a small concurrent program on one partition: some operations
// before anything runs beside them, one goroutine per writer, one for the
// flusher if it has cycles, one that stops if Stop is set. What is left at the
// end is retired by a last Stop.
type Program struct {
	Name    string
	Before  []history.Op
	Warm    int          // cycles before, with the operations of Before after each
	Flying  bool         // what Before wrote is in flight when the goroutines start; the flusher begins with its end
	Since   []history.Op // after that, and before anything runs beside them
	Writers [][]history.Op
	Cycles  []Cycle
	Stop    bool
	Limit   int64 // on entries; 0: none
	Memory  bool  // what is delivered is remembered
}

func (p *Program) config() shard.Config[int] {
	// An index bucket for each key: see the overlay.
	c := shard.Config[int]{Hash: history.Hash, Hasher: func(k int, _ uint64) uint64 { return uint64(k) << 7 }}
	if p.Limit > 0 {
		c.Limit = shard.NewLimit(p.Limit, 0)
	}
	if p.Memory {
		c.Versions = shard.NewVersions[int](history.Keys)
	}
	return c
}

// execution is one run of a Program.
type execution struct {
	program *Program
	part    *history.Partition
	limit   *shard.Limit
	memory  *shard.Versions[int]
	flying  *shard.Retired[int, int]
	flown   history.Seen // what flying holds
	log     history.Log
	handed  uint64 // entries handed out, by the flusher and Stop; not at the same time
}

// Fresh makes one execution for sched.
func (p *Program) Fresh() sched.Program {
	return func() ([]func(), func() error) {
		config := p.config()
		x := &execution{program: p, part: shard.NewPartition[int, int](config), limit: config.Limit, memory: config.Versions}
		x.before()
		var bodies []func()
		for id, ops := range p.Writers {
			bodies = append(bodies, func() { x.write(id+1, ops) })
		}
		if len(p.Cycles) > 0 {
			bodies = append(bodies, x.flush)
		}
		if p.Stop {
			bodies = append(bodies, x.stop)
		}
		return bodies, x.check
	}
}

func (x *execution) before() {
	c := x.log.Client(0)
	defer c.End()
	for range x.program.Warm {
		for _, o := range x.program.Before {
			x.op(c, o)
		}
		x.cycle(c, Deliver)
	}
	for _, o := range x.program.Before {
		x.op(c, o)
	}
	if x.program.Flying {
		x.flying, x.flown = c.Retire(x.part)
		x.count(x.flown)
	}
	for _, o := range x.program.Since {
		x.op(c, o)
	}
}

func (x *execution) write(id int, ops []history.Op) {
	c := x.log.Client(id)
	defer c.End()
	for _, o := range ops {
		x.op(c, o)
	}
}

func (x *execution) op(c *history.Client, o history.Op) history.Seen {
	o.Limited = x.limit != nil
	return c.Write(x.part, o)
}

func (x *execution) flush() {
	c := x.log.Client(len(x.program.Writers) + 1)
	defer c.End()
	for i, kind := range x.program.Cycles {
		if x.flying != nil && i == 0 {
			c.Remember(x.memory, x.flown.Moved)
			c.Release(x.part, x.flying)
			continue
		}
		x.cycle(c, kind)
	}
}

func (x *execution) cycle(c *history.Client, kind Cycle) {
	r, seen := c.Retire(x.part)
	x.count(seen)
	if r == nil {
		return
	}
	switch kind {
	case Requeue:
		x.restore(c, history.Restore, seen)
	case Merging:
		x.restore(c, history.RestoreMerged, seen)
	default:
		c.Remember(x.memory, seen.Moved)
	}
	c.Release(x.part, r)
}

func (x *execution) restore(c *history.Client, kind history.Kind, seen history.Seen) {
	for k, cell := range seen.Moved {
		if cell.Live {
			cell.Attempts++
			if seen := x.op(c, history.Op{Kind: kind, Key: k, Cell: cell}); seen.Result == history.Inserted {
				x.part.Give(-1, 0) // it keeps its unit, which count gave back
			}
		}
	}
}

// stop is Stop beside everything else. Its generation is not drained here: the
// flusher would, after what it has in hand.
func (x *execution) stop() {
	c := x.log.Client(len(x.program.Writers) + 2)
	defer c.End()
	_, seen := c.Stop(x.part)
	x.count(seen)
}

func (x *execution) count(seen history.Seen) {
	for _, cell := range seen.Moved {
		if cell.Live {
			x.handed++
			x.part.Give(1, 0)
		}
	}
}

// check is made after the run, by one goroutine.
func (x *execution) check() error {
	c := x.log.Client(0)
	size := x.part.Size() // nothing runs: exact
	handed := x.handed
	_, seen := c.Stop(x.part)
	x.count(seen)
	c.End()
	if left := int(x.handed - handed); size != left {
		return fmt.Errorf("size: it said %d, and %d entries were left", size, left)
	}
	if err := history.Check(history.Whole(), x.log.Operations()); err != nil {
		return fmt.Errorf("G1, G2, G4: %w", err)
	}
	if x.limit != nil {
		if left, _ := x.limit.Left(); left != x.program.Limit {
			return fmt.Errorf("limit: %d units are left at the end, want %d", left, x.program.Limit)
		}
	}
	return x.balance()
}

// balance compares the partition's ledger with what the callers were told.
func (x *execution) balance() error {
	var accepted, restored, erased, inserted uint64
	for _, o := range x.log.Operations() {
		in, seen := o.Input.(history.Op), o.Output.(history.Seen)
		stored := seen.Result == history.Inserted || seen.Result == history.Overwrote
		switch in.Kind {
		case history.Put, history.PutNewer, history.Bury, history.BuryNewer, history.Merge, history.PutIfNewer:
			if stored {
				accepted++
			}
			if seen.Result == history.Inserted {
				inserted++
			}
		case history.Restore, history.RestoreMerged:
			if stored {
				restored++
			}
		case history.Delete:
			if seen.OK {
				erased++
			}
		}
	}
	l := x.part.Ledger()
	switch {
	case l.Accepted != accepted, l.Restored != restored, l.Erased != erased, l.Inserted != inserted:
		return fmt.Errorf("G1: ledger %+v, but the callers saw %d accepted, %d inserted, %d restored, %d erased",
			l, accepted, inserted, restored, erased)
	case l.Accepted+l.Restored != l.Overwritten+l.Erased+x.handed:
		return fmt.Errorf("G1: ledger %+v does not balance with %d handed out", l, x.handed)
	}
	return nil
}
