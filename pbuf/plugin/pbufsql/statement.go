package pbufsql

import (
	"database/sql"
	"fmt"
	"strings"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sink"
)

// writer is the sink.Writer of a table. It is immutable once it has seen the table.
type writer struct {
	*rules
	db     *sql.DB
	shape  *sink.Shape
	head   string       // of the upsert, up to the rows
	tail   string       // and after them
	erase  string       // for one row
	keys   []int        // which columns erase takes
	where  []comparison // for each column of the key, if the dialect has them
	most   int          // rows in one upsert
	create string       // a first mark of a partition, which any step is past
	mark   string       // moves it on to the step, unless it is there or past it
}

func newWriter(db *sql.DB, r *rules, s *sink.Shape) *writer {
	w := &writer{rules: r, db: db, shape: s}
	table := sink.Quote(r.quote, ".", s.Schema, s.Table)
	w.head = "INSERT INTO " + table + r.alias + " (" + sink.Quote(r.quote, ", ", s.Names()...) + ") VALUES "
	w.tail = r.onConflict(s)
	w.most = max(1, r.parameters/len(s.Columns))
	if s.Batches != "" {
		batches := sink.Quote(r.quote, ".", s.Schema, s.Batches)
		w.create = "INSERT INTO " + batches + " (" + sink.Quote(r.quote, ", ", sink.MarkColumns...) + ") VALUES (" +
			w.placeholders(1, sink.MarkKeys) + ", 0, 0, 0)" + r.ignore
		moved := sink.MarkColumns[sink.MarkKeys:]
		w.mark = "UPDATE " + batches + " SET " + w.equal(", ", 1, moved) + ", " + sink.Quote(r.quote, "", "written_at") + " = CURRENT_TIMESTAMP" +
			" WHERE " + w.equal(" AND ", 1+len(moved), sink.MarkColumns[:sink.MarkKeys]) +
			" AND (" + sink.Quote(r.quote, ", ", moved...) + ") < (" + w.placeholders(1+len(sink.MarkColumns), len(moved)) + ")"
	}
	return w
}

// eraser makes erase. It takes the key, and the version if there is one.
func (w *writer) eraser(kinds map[string]string) {
	s := w.shape
	where := " WHERE "
	for i, c := range s.Columns[:s.Keys] {
		w.keys = append(w.keys, i)
		argument := w.placeholder(i + 1)
		if w.compare != nil {
			comparison := w.compare(kinds[c.Name])
			w.where = append(w.where, comparison)
			if comparison.cast != "" {
				argument = "CAST(" + argument + " AS " + comparison.cast + ")"
			}
		}
		if i > 0 {
			where += " AND "
		}
		where += sink.Quote(w.quote, "", c.Name) + " = " + argument
	}
	if version, ok := s.Has(sink.Version); ok {
		w.keys = append(w.keys, len(s.Columns)-1)
		where += fmt.Sprintf(" AND (%s >= %s) IS NOT TRUE", sink.Quote(w.quote, "", version), w.placeholder(s.Keys+1))
	}
	table := sink.Quote(w.quote, ".", s.Schema, s.Table)
	w.erase = "DELETE FROM " + table + where
	if mark, ok := s.Has(sink.Deleted); ok {
		w.erase = "UPDATE " + table + " SET " + sink.Quote(w.quote, "", mark) + " = TRUE" + where
	}
}

// upsert is the statement for n rows.
func (w *writer) upsert(n int) string {
	var b strings.Builder
	columns := len(w.shape.Columns)
	b.Grow(len(w.head) + len(w.tail) + n*(4+columns*8))
	b.WriteString(w.head)
	for row := range n {
		if row > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('(')
		for c := range columns {
			if c > 0 {
				b.WriteByte(',')
			}
			b.WriteString(w.placeholder(row*columns + c + 1))
		}
		b.WriteByte(')')
	}
	b.WriteString(w.tail)
	return b.String()
}

// placeholders are n of them, from the first on.
func (w *writer) placeholders(first, n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = w.placeholder(first + i)
	}
	return strings.Join(all, ", ")
}

// equal compares or assigns columns, with placeholders from the first on.
func (w *writer) equal(sep string, first int, names []string) string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = sink.Quote(w.quote, "", name) + " = " + w.placeholder(first+i)
	}
	return strings.Join(all, sep)
}
