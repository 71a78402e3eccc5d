//go:build pbuf_points && pbuf_flushers

package schedules

import (
	"errors"
	"fmt"

	"github.com/partitioned-buffer/go/internal/prove/points"
	"github.com/partitioned-buffer/go/pbuf"
)

// stop is Stop beside everything, or else after it: then all checkpoints must be done
// without it.
func (x *mapRun) stop() {
	if !x.program.stop {
		for x.flushing.Load() > 0 {
			points.Gosched()
		}
		for i := range x.marks {
			if !x.marks[i].isDone() {
				x.fail("checkpoint %d of %d is not done, and everything is delivered", i, len(x.marks))
			}
		}
	}
	x.m.Refuse()
}

func (m *marked) isDone() bool {
	select {
	case <-m.Done():
		return true
	default:
		return false
	}
}

// audit checks the checkpoints that are done, and their order. Where entries may be
// lost, only the end can tell.
func (x *mapRun) audit() {
	for i := range x.marks {
		c := &x.marks[i]
		if !c.isDone() {
			continue
		}
		for j := range x.marks {
			if e := &x.marks[j]; e.to < c.from && !e.isDone() {
				x.fail("checkpoint %d is done before %d", i, j)
			}
		}
		if w := x.missing(c, 0); w != nil && !x.program.lossy {
			x.fail("checkpoint %d is done, and version %d of key %d was written before it and not delivered", i, w.version, w.key)
		}
	}
}

// missing is a write that came before the checkpoint, and after some moment, and is
// neither delivered nor erased.
func (x *mapRun) missing(c *marked, after int) *written {
	for i := range x.writes {
		if w := &x.writes[i]; w.at < c.from && w.at > after && max(x.delivered[w.key], x.erased[w.key]) < w.version {
			return w
		}
	}
	return nil
}

func (x *mapRun) fail(format string, args ...any) {
	if x.wrong == nil {
		x.wrong = fmt.Errorf("Checkpoint: "+format, args...)
	}
}

// check is made at the end, when the buffer has stopped.
func (x *mapRun) check() error {
	x.audit()
	for i := range x.marks {
		c := &x.marks[i]
		var lost *pbuf.CheckpointError
		switch err := c.Err(); {
		case !c.isDone():
			x.fail("checkpoint %d of %d is not done in the end", i, len(x.marks))
		case errors.As(err, &lost) && x.program.lossy && lost.Lost > 0:
		case errors.Is(err, pbuf.ErrClosed) && x.program.stop:
		case err != nil:
			x.fail("checkpoint %d: %v", i, err)
		default:
			if w := x.missing(c, x.toldBefore(c)); w != nil {
				x.fail("checkpoint %d says that nothing is lost, but version %d of key %d is", i, w.version, w.key)
			}
		}
	}
	return x.wrong
}

// toldBefore is the moment up to which a checkpoint that may have come before c may
// have told of losses.
func (x *mapRun) toldBefore(c *marked) (at int) {
	var lost *pbuf.CheckpointError
	for i := range x.marks {
		if e := &x.marks[i]; e.from < c.to && errors.As(e.Err(), &lost) {
			at = max(at, e.to)
		}
	}
	return at
}
