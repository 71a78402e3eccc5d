package property

import (
	"errors"

	"github.com/partitioned-buffer/go/pbuf"
	"pgregory.net/rapid"
)

// marked is a checkpoint and what it should wait for: by partition, the keys whose
// entries were buffered or in flight at its call and are not settled.
type marked struct {
	*pbuf.Checkpoint
	current, flight map[*delivery]map[int]bool
	lost            int // that it covers
	dropped         int // by the buffer, before what it may be told
}

// Checkpoint makes one.
func (x *deliveryMachine) Checkpoint(*rapid.T) {
	c := &marked{
		Checkpoint: x.m.Checkpoint(), dropped: x.dropped,
		current: map[*delivery]map[int]bool{}, flight: map[*delivery]map[int]bool{},
	}
	x.dropped = x.books.dropped
	for _, p := range x.parts {
		if p.undone != nil { // what it lost rejects writes still
			x.dropped = min(x.dropped, p.before)
		}
		c.current[p], c.flight[p] = map[int]bool{}, map[int]bool{}
		for key := range p.All() {
			c.current[p][key] = true
		}
		for key := range p.undone {
			c.flight[p][key] = true
		}
	}
	x.marks = append(x.marks, c)
}

// retired puts what was current in flight.
func (x *deliveryMachine) retired(p *delivery) {
	for _, c := range x.marks {
		c.flight[p], c.current[p] = c.current[p], map[int]bool{}
	}
}

// delivered, or dead-lettered.
func (x *deliveryMachine) delivered(p *delivery, key int) {
	for _, c := range x.marks {
		delete(c.flight[p], key)
	}
}

// lost is a key whose entry in flight was dropped.
func (x *deliveryMachine) lost(p *delivery, key int) {
	for _, c := range x.marks {
		if c.flight[p][key] {
			c.lost++
		}
		delete(c.flight[p], key)
	}
}

// wentBack is a key whose entry in flight is current again, or a newer one is.
func (x *deliveryMachine) wentBack(p *delivery, key int) {
	for _, c := range x.marks {
		if c.flight[p][key] {
			c.current[p][key] = true
		}
		delete(c.flight[p], key)
	}
}

// erased is a key that Delete took out of the buffer.
func (x *deliveryMachine) erased(p *delivery, key int) {
	for _, c := range x.marks {
		delete(c.current[p], key)
	}
}

func (c *marked) isDone() bool {
	select {
	case <-c.Done():
		return true
	default:
		return false
	}
}

// checkMarks compares the checkpoints with what became of the writes before them; all
// says that everything is settled.
func (x *deliveryMachine) checkMarks(t *rapid.T, all bool) {
	waiting := false
	for i, c := range x.marks {
		if !c.isDone() {
			if waiting = true; all || c.Err() != nil {
				t.Fatalf("checkpoint %d of %d is not done, with %v; it waits for %v, %v", i, len(x.marks), c.Err(), c.current, c.flight)
			}
			continue
		}
		if waiting {
			t.Fatalf("checkpoint %d is done before an earlier one", i)
		}
		for _, p := range x.parts {
			if len(c.current[p])+len(c.flight[p]) > 0 {
				t.Fatalf("checkpoint %d is done with %v buffered and %v in flight", i, c.current[p], c.flight[p])
			}
		}
		var e *pbuf.CheckpointError
		err, most := c.Err(), x.books.dropped-c.dropped
		if err != nil && !errors.As(err, &e) || e == nil && c.lost > 0 || e != nil && (e.Lost < max(1, c.lost) || e.Lost > most) {
			t.Fatalf("checkpoint %d is done with %v, want %d to %d lost", i, err, c.lost, most)
		}
	}
	for len(x.marks) > 0 && x.marks[0].isDone() {
		x.marks = x.marks[1:]
	}
}
