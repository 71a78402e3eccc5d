//go:build pbuf_points && pbuf_flushers

package schedules

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/internal/prove/points"
	"github.com/partitioned-buffer/go/internal/prove/sched"
	"github.com/partitioned-buffer/go/pbuf"
)

// TestCheckpoints explores the programs on Maps as TestExplore does those on
// partitions.
func TestCheckpoints(t *testing.T) {
	run := hooked(t)
	sum := sums{complete: map[int]int{}}
	for _, p := range mapPrograms() {
		t.Run(p.name, func(t *testing.T) { sum.explore(t, run, p.fresh()) })
	}
	t.Log(&sum)
}

// written is a write that returned; at is when.
type written struct {
	key     int
	version int64
	at      int
}

// marked is a checkpoint; from and to are the times around its call.
type marked struct {
	*pbuf.Checkpoint
	from, to int
}

// mapRun is one run of a mapProgram. Nothing in it is guarded: one goroutine runs at
// a time.
type mapRun struct {
	program   *mapProgram
	m         *pbuf.Map[int, int64]
	writing   points.Int32 // writers that have not ended
	flushing  points.Int32 // flushers that may flush before Stop
	clock     int
	writes    []written
	marks     []marked
	delivered map[int]int64 // the newest version of each key
	erased    map[int]int64 // likewise
	flushed   []int         // flushes begun, by partition
	failing   []bool        // by partition
	wrong     error         // the first thing that was
}

func (p *mapProgram) fresh() sched.Program {
	return func() ([]func(), func() error) {
		n := max(1, p.partitions)
		x := &mapRun{
			program: p, delivered: map[int]int64{}, erased: map[int]int64{}, flushed: make([]int, n), failing: make([]bool, n),
		}
		m, err := pbuf.Build(x.options(n))
		if err != nil {
			panic(err)
		}
		x.m = m
		x.writing.Store(int32(len(p.writers)))
		x.flushing.Store(int32(n))
		pbuf.Due = x.due
		x.write(p.before)
		var bodies []func()
		for _, list := range p.writers {
			bodies = append(bodies, func() {
				x.write(list)
				x.writing.Add(-1)
			})
		}
		for i := range n {
			bodies = append(bodies, func() { x.m.Main(i) })
		}
		return append(bodies, x.stop), x.check
	}
}

func (x *mapRun) options(partitions int) mapOptions {
	o := mapOptions{
		Partitions: partitions, PartitionBy: func(key int) uint64 { return uint64(key) << 63 },
		FlushInterval: time.Hour, ProcessorTimeout: time.Hour, // time is nobody's reason for anything
		Retry:     pbuf.Retry{InitialBackoff: time.Hour, MaxBackoff: time.Hour},
		Processor: x.process,
	}
	if x.program.options != nil {
		x.program.options(&o)
	}
	return o
}

func (x *mapRun) write(list acts) {
	for _, a := range list {
		points.At()
		from := x.tick()
		switch {
		case a.mark:
			c := x.m.Checkpoint()
			x.marks = append(x.marks, marked{c, from, x.tick()})
		case a.del:
			if deleted, err := x.m.Delete(a.key); err == nil && deleted {
				for _, w := range x.writes {
					if w.key == a.key {
						x.erased[a.key] = max(x.erased[a.key], w.version)
					}
				}
			}
		default:
			// One that is stale waits for what rejected it, which is as new.
			if _, err := x.m.PutNewer(a.key, a.version, a.version); err == nil {
				x.writes = append(x.writes, written{a.key, a.version, x.tick()})
			}
		}
	}
}

func (x *mapRun) tick() int { x.clock++; return x.clock }

// The scopes of pbuf.
const (
	nothing    uint8 = 0
	regular    uint8 = 2
	everything uint8 = 3
)

// due is what a flusher asks for after each of its flushes.
func (x *mapRun) due(partition int) uint8 {
	n := x.flushed[partition]
	x.flushed[partition]++
	x.failing[partition] = false
	switch rest := n - len(x.program.flushes); {
	case rest < 0:
		f := x.program.flushes[n]
		x.failing[partition] = f.fails
		if f.all {
			return everything
		}
		return regular
	case x.program.stop:
		return nothing
	case rest == 0:
		for x.writing.Load() > 0 {
			points.Gosched()
		}
		return everything
	}
	x.flushing.Add(-1)
	return nothing
}

var errSink = errors.New("sink")

func (x *mapRun) process(ctx context.Context, batch []pbuf.Entry[int, int64]) error {
	x.audit() // whatever was done too early is not delivered yet
	points.At()
	if b, _ := pbuf.BatchFrom(ctx); x.failing[b.Partition] {
		return errSink
	}
	for _, e := range batch {
		x.delivered[e.Key] = max(x.delivered[e.Key], e.Version)
	}
	return nil
}
