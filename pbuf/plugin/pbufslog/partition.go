package pbufslog

import (
	"github.com/partitioned-buffer/go/pbuf"
)

// state is how deliveries go.
type state int

const (
	fine    state = iota
	failing       // some entries go back, others are delivered
	down          // nothing is delivered, and that is not only what failed before
)

// partition is what is known of one partition.
type partition struct {
	state    state
	back     int  // entries that the last flush left undelivered
	flushing bool // between FlushStart and FlushStop
	tries         // of the flush under way
}

// tries counts what failed.
type tries struct {
	batches, entries int
	err              error // the last one
}

func (t *tries) add(o tries) {
	t.batches += o.batches
	t.entries += o.entries
	if o.err != nil {
		t.err = o.err
	}
}

// after is the partition's state after a flush. What went back alone, tried alone
// again, says nothing new about the sink: one poison entry does not make an outage.
func (p *partition) after(i *pbuf.FlushInfo) state {
	before := p.back
	p.back = i.Entries - i.Delivered - i.Dropped - i.DeadLettered
	switch {
	case p.back <= 0:
		return fine
	case i.Delivered > 0:
		return failing
	case i.Entries > before:
		return down
	}
	return max(p.state, failing)
}
