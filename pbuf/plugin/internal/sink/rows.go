package sink

import (
	"slices"

	"github.com/partitioned-buffer/go/pbuf"
)

// Row is what one entry asks for.
type Row struct {
	Values []any // one for each of Shape.Columns; of a Delete only the key and the version are looked at
	Delete bool  // delete the row, or mark it
	Upsert bool  // then insert it or update it

	version int64
	entry   int // its place in the batch
}

// rows makes rows of the batch, in the order of their keys. The batch stays as it is.
func (p *Plan[K, V]) rows(batch []pbuf.Entry[K, V]) []Row {
	rows := make([]Row, len(batch))
	values := make([]any, len(batch)*len(p.Columns))
	for i, e := range batch {
		erase := e.Deleted && !p.marks
		row := Row{
			Values: values[:len(p.Columns):len(p.Columns)], Upsert: !erase, Delete: erase || p.sums && e.Reset,
			version: e.Version, entry: i,
		}
		values = values[len(p.Columns):]
		for c, value := range p.values {
			// Value may not expect an entry without a value, where the row has none.
			if role := p.Columns[c].Role; !erase || role == Key || role == Version {
				row.Values[c] = value(e)
			}
		}
		rows[i] = row
	}
	slices.SortFunc(rows, func(a, b Row) int {
		if c := compareKeys(a.Values[:p.Keys], b.Values[:p.Keys]); c != 0 {
			return c
		}
		return a.entry - b.entry
	})
	return rows
}

// standing are the rows without those that a later delete of the same row undoes. That
// one is written before all upserts, and, if rows are written by halves, perhaps not with
// this one.
func (p *Plan[K, V]) standing(rows []Row) []Row {
	isDelete := func(r Row) bool { return r.Delete }
	if !slices.ContainsFunc(rows, isDelete) {
		return rows
	}
	_, versioned := p.Has(Version)
	var by *Row // the delete of the highest version, of those that come after a row
	kept := make([]Row, 0, len(rows))
	for i := range slices.Backward(rows) {
		r := &rows[i]
		if i+1 < len(rows) && compareKeys(r.Values[:p.Keys], rows[i+1].Values[:p.Keys]) != 0 {
			by = nil
		}
		if by != nil && (!versioned || r.version < by.version) {
			continue
		}
		if r.Delete {
			by = r
		}
		kept = append(kept, *r)
	}
	slices.Reverse(kept)
	return kept
}

// Step is what is written in one transaction: all of Parts, in their order, or
// nothing. A batch has one step for its deletes and one for its upserts: each
// locks rows in the order of their keys, as one transaction for both would not.
type Step struct {
	Parts  [][][]any // rows that may be in one statement, at least one part
	Delete bool
	Batch  *Batch // to be written down, and to be heeded; nil without Shape.Batches
}

// Number tells the steps of a batch apart.
func (s *Step) Number() int {
	if s.Delete {
		return 1
	}
	return 2
}

// steps parts the rows into one or two steps, deletes first: where a row has
// both, it is to begin anew. Upserts of one key are in one part each, in their
// order, since PostgreSQL does not update a row twice in a statement; the later
// ones lock nothing new. alone has every upsert in a part of its own.
func steps(rows []Row, keys int, batch *Batch, alone bool) []Step {
	var deletes [][]any
	var upserts [][][]any
	part := 0
	var last []any
	for _, r := range rows {
		if r.Delete {
			deletes = append(deletes, r.Values)
		}
		if !r.Upsert {
			continue
		}
		switch {
		case upserts == nil:
			upserts = [][][]any{make([][]any, 0, len(rows))}
		case alone || compareKeys(last[:keys], r.Values[:keys]) == 0:
			part++
		default:
			part = 0
		}
		last = r.Values
		if part == len(upserts) {
			upserts = append(upserts, nil)
		}
		upserts[part] = append(upserts[part], r.Values)
	}
	var all []Step
	if deletes != nil {
		all = append(all, Step{[][][]any{deletes}, true, batch})
	}
	if upserts != nil {
		all = append(all, Step{upserts, false, batch})
	}
	return all
}
