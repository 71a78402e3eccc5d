package pbufslog

import (
	"github.com/partitioned-buffer/go/pbuf"
)

// state is how deliveries go.
type state int

const (
	fine    state = iota
	failing       // some entries go back, others are delivered
	down          // the sink is, as Health has it
)

// partition is what is known of one partition.
type partition struct {
	state    state
	back     int  // entries that failed and wait to be tried again
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

// after is the partition's state after a flush. One of retries alone is not about all
// that waits; one that Stop cut off before anything failed says nothing.
func (p *partition) after(i *pbuf.FlushInfo) state {
	if !cutOff(i) {
		p.back = max(0, p.back-i.Entries) + i.Entries - i.Delivered - i.Dropped - i.DeadLettered
	}
	switch {
	case i.Down:
		return down
	case p.back > 0:
		return failing
	}
	return fine
}

// cutOff reports whether Stop's is the only error of a flush.
func cutOff(i *pbuf.FlushInfo) bool { return i.Err != nil && i.Failed == 0 }
