package sink

import (
	"errors"
	"slices"

	"github.com/partitioned-buffer/go/pbuf"
)

// errHeldUp is the reason of rows that the database would have taken.
var errHeldUp = errors.New("not written yet: the database refuses other rows of the batch, which go first")

// isolate writes what the database takes of rows, which failed together with
// err, and names the others in its error.
func isolate[K comparable, V any](d *delivery, batch []pbuf.Entry[K, V], rows []Row, err error) error {
	var all failures
	halves{d, d.w.Write}.part(rows, err, all.add)
	return errors.Join(named(d, &all, batch)...)
}

// refuse is isolate for a batch with an identity. That one must be written in one
// transaction or not at all: of several, some could be lost without our knowing
// which. So the refused rows are found by transactions that are taken back and
// given up; the others come again, as a batch of its own. Where these find nothing,
// it is the mark that was refused. A row in Conflict holds its batch up, since
// Replay is there to keep the order.
func refuse[K comparable, V any](d *delivery, batch []pbuf.Entry[K, V], rows []Row, err error) error {
	var all failures
	refused := make(map[int]bool)
	unmarked := *d
	unmarked.identity = nil
	end := unmarked.try(rows, d.w.Check)
	if end != nil && aboutRows(d.class(end)) {
		end = halves{&unmarked, d.w.Check}.part(rows, end, func(rows []Row, err error) {
			if d.class(err) == Refused {
				all.add(rows, err)
				refused[rows[0].entry] = true
			}
		})
	}
	switch {
	case end != nil:
		return end
	case len(refused) == 0:
		return err
	}
	failed := named(d, &all, batch)
	var fine []Row
	for _, r := range rows {
		if !refused[r.entry] {
			fine = append(fine, r)
		}
	}
	if len(fine) > 0 {
		failed = append(failed, pbuf.Failed(errHeldUp, entries(batch, fine)...))
	}
	return errors.Join(failed...)
}

// failures are rows that were not written, those of one reason together: a table
// that takes nothing is one line in a log, not one for each row.
type failures struct {
	all      []failure
	byReason map[string]int
}

type failure struct {
	err  error
	rows []Row
}

func (f *failures) add(rows []Row, err error) {
	reason := err.Error()
	if i, ok := f.byReason[reason]; ok {
		f.all[i].rows = append(f.all[i].rows, rows...)
		return
	}
	if f.byReason == nil {
		f.byReason = make(map[string]int)
	}
	f.byReason[reason] = len(f.all)
	f.all = append(f.all, failure{err, slices.Clone(rows)})
}

// named are the failures as errors that the buffer understands.
func named[K comparable, V any](d *delivery, f *failures, batch []pbuf.Entry[K, V]) []error {
	all := make([]error, len(f.all))
	for i, one := range f.all {
		err := one.err
		if d.class(err) == Refused {
			err = pbuf.Permanent(err)
		}
		all[i] = pbuf.Failed(err, entries(batch, one.rows)...)
	}
	return all
}

func entries[K comparable, V any](batch []pbuf.Entry[K, V], rows []Row) []pbuf.Entry[K, V] {
	some := make([]pbuf.Entry[K, V], len(rows))
	for i, r := range rows {
		some[i] = batch[r.entry]
	}
	return some
}

// halves parts rows until those that fail are alone.
type halves struct {
	*delivery
	write write
}

// part tries the halves of rows, which failed together with err, and their
// halves in turn: about 2*log2(n) transactions for one bad row of n. It tells
// failed of each single row at fault. An error that is not about rows ends it:
// part returns that, and tells failed of all that is left then.
func (h halves) part(rows []Row, err error, failed func([]Row, error)) (end error) {
	if len(rows) == 1 {
		failed(rows, err)
		return nil
	}
	middle := len(rows) / 2
	for _, half := range [][]Row{rows[:middle], rows[middle:]} {
		if end == nil {
			err = h.try(half, h.write)
		}
		switch {
		case end != nil:
			failed(half, end)
		case err == nil:
		case aboutRows(h.class(err)):
			end = h.part(half, err, failed)
		default:
			end = err
			failed(half, end)
		}
	}
	return end
}

func aboutRows(c Class) bool { return c == Refused || c == Conflict }
