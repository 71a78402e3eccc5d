package sink

import (
	"context"
	"errors"
	"fmt"

	"github.com/partitioned-buffer/go/pbuf"
)

// Writer is a database. It may be used by several goroutines.
type Writer interface {
	// Write executes the steps one after the other, each in a transaction of its
	// own. After an error, steps before the failed one may be written. A step whose
	// Batch was written before is skipped.
	Write(ctx context.Context, steps []Step) error
	// Check does the same in one transaction and takes it back. It gets no Batch.
	Check(ctx context.Context, steps []Step) error
	// Classify tells the class of an error of Write or Check.
	Classify(err error) Class
}

// attempts is how often rows are written in one call while others are in the way.
const attempts = 5

var errNoBatch = errors.New("pbuf: Config.Batches is set, but the batch may come again as another one: it needs Retry.Policy Replay")

// Deliver is the processor. Its error names the table, and says of single rows
// what became of them where that is known.
func Deliver[K comparable, V any](ctx context.Context, w Writer, p *Plan[K, V], batch []pbuf.Entry[K, V]) error {
	if len(batch) == 0 {
		return nil
	}
	d := delivery{ctx: ctx, w: w, keys: p.Keys}
	if p.Batches != "" {
		identity, ok := batchFrom(ctx)
		if !ok {
			return errNoBatch
		}
		d.identity = &identity
	}
	rows, null := nullKeys(p.standing(p.rows(batch)), p.Keys)
	var err error
	if null == nil {
		err = deliver(&d, batch, rows)
	} else {
		err = withoutNull(&d, batch, rows, null)
	}
	if err == nil {
		return nil
	}
	return fmt.Errorf("pbuf: table %s: %w", p.Table, err)
}

func deliver[K comparable, V any](d *delivery, batch []pbuf.Entry[K, V], rows []Row) error {
	err := d.try(rows, d.w.Write)
	if err == nil {
		return nil
	}
	switch class := d.class(err); {
	case class == Refused && d.identity != nil:
		return refuse(d, batch, rows, err)
	case class == Refused, class == Conflict && d.identity == nil:
		return isolate(d, batch, rows, err) // nil if all of them were written, in parts
	}
	return err
}

// delivery is one call of the processor.
type delivery struct {
	ctx      context.Context
	w        Writer
	keys     int // how many of a row's values are its key
	identity *Batch
}

type write func(context.Context, []Step) error

// try writes the rows, and again if another transaction was in the way: by the
// time the database says so, that one is done. Keys that only the database takes
// for one are written again row by row, in one transaction still.
func (d *delivery) try(rows []Row, w write) (err error) {
	todo, alone := steps(rows, d.keys, d.identity, false), len(rows) == 1
	for range attempts {
		if err = w(d.ctx, todo); err == nil {
			return nil
		}
		switch class := d.w.Classify(err); {
		case class == Twins && !alone:
			todo, alone = steps(rows, d.keys, d.identity, true), true
		case class != Again:
			return err
		}
	}
	return err
}

// class is what the error means for rows that were tried one by one.
func (d *delivery) class(err error) Class {
	class := d.w.Classify(err)
	if class == Twins { // a trigger's, then
		return Refused
	}
	return class
}
