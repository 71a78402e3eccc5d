package property

import (
	"testing/synctest"

	"github.com/partitioned-buffer/go/internal/prove/reference"
	"github.com/partitioned-buffer/go/pbuf"
	"pgregory.net/rapid"
)

// machine is a Map, what it should be, and what the processor is up to.
type machine struct {
	m     *buffer
	opts  options
	table bool
	sink  sink
	parts []*part
	books books
	steps int
}

// books are what Stats should say.
type books struct{ batches, delivered, failed, drains int }

// part is what the machine knows of a partition.
type part struct {
	*reference.Partition[int, value]
	undone map[int]entry // of the generation in flight, nil if there is none
	size   int           // of its batches
	held   *call
	again  bool // a Flush waits for another drain after this one
}

func newMachine(t *rapid.T) *machine {
	x := &machine{}
	x.opts, x.table = draw(t)
	o := x.opts
	if x.table {
		o.TableProcessor = x.sink.table
	} else {
		o.Processor = x.sink.batch
	}
	dropFailures(&o)
	m, err := pbuf.New(o)
	if err != nil {
		t.Fatal(err)
	}
	x.m = m
	for _, p := range reference.New[int, value](o.Partitions) {
		x.parts = append(x.parts, &part{Partition: p})
	}
	return x
}

// dropFailures makes the buffer count failed batches and forget them.
func dropFailures(o *options) { o.Retry.Policy = pbuf.GiveUp }

// route is the partition of a key.
func (x *machine) route(key int) int {
	if x.opts.PartitionBy == nil {
		return 0
	}
	return int(x.opts.PartitionBy(key) % uint64(x.opts.Partitions))
}

// wrote is called after writes: a partition may have reached the threshold.
func (x *machine) wrote() {
	for _, p := range x.parts {
		if p.undone == nil && x.full(p) {
			x.drain(p)
		}
	}
}

func (x *machine) full(p *part) bool {
	return x.opts.FlushThreshold > 0 && p.Size() >= x.opts.FlushThreshold
}

// drain is a delivery of p's entries that is due now.
func (x *machine) drain(p *part) {
	if p.undone != nil {
		p.again = true
		return
	}
	if p.Size() > 0 {
		p.undone = p.Retire()
		if p.size = x.opts.BatchSize; x.table {
			p.size = len(p.undone)
		}
	}
}

// settle lets the buffer come to rest and compares what it did with what was due.
func (x *machine) settle(t *rapid.T) {
	synctest.Wait()
	for _, c := range x.sink.take() {
		x.called(t, c)
	}
	for i, p := range x.parts {
		if p.undone != nil && p.held == nil {
			t.Fatalf("partition %d: %d entries in flight did not get to the processor: %v", i, len(p.undone), p.undone)
		}
	}
}

// called compares one call of the processor with what was due.
func (x *machine) called(t *rapid.T, c *call) {
	if len(c.entries) == 0 {
		t.Fatal("the processor was called with nothing")
	}
	p := x.parts[c.entries[0].Value.Part]
	if p.undone == nil || p.held != nil {
		t.Fatalf("a delivery that was not due: %v", c.entries)
	}
	if want := min(p.size, len(p.undone)); len(c.entries) != want {
		t.Fatalf("a batch of %d entries, want %d: %v", len(c.entries), want, c.entries)
	}
	for _, e := range c.entries {
		if want, ok := p.undone[e.Key]; !ok || want != e {
			t.Fatalf("delivered %+v, want %+v (%v)", e, want, ok)
		}
		if c.mode != hold {
			delete(p.undone, e.Key)
		}
	}
	if c.mode == hold {
		p.held = c
		return
	}
	x.result(p, c.mode, len(c.entries))
}

// result is the end of a call with n entries.
func (x *machine) result(p *part, m mode, n int) {
	x.books.batches++
	if m == succeed {
		x.books.delivered += n
	} else {
		x.books.failed += n
	}
	if len(p.undone) > 0 {
		return
	}
	x.books.drains++
	p.undone = nil
	p.Release()
	if p.again || x.full(p) {
		p.again = false
		x.drain(p)
	}
}
