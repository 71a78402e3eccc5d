package pbufpgx

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sink"
)

var errZeroByte = errors.New("a text holds a zero byte")

// statement is one part of a step as SQL.
type statement struct {
	sql     string
	args    []any // an array for each of columns, then the mark
	columns []column
	last    bool // of its transaction
}

// statement transposes a part of the step into one array per column, for unnest.
func (w *writer) statement(types *pgtype.Map, step *sink.Step, part int) (statement, error) {
	texts := &w.plain
	if step.Batch != nil {
		texts = &w.marked
	}
	s := statement{sql: texts.upsert, columns: w.columns}
	if step.Delete {
		s.sql, s.columns = texts.erase, pick(w.columns, w.keys)
	}
	s.last = part == len(step.Parts)-1
	rows := step.Parts[part]
	n := len(rows)
	values := make([]any, n*len(s.columns))
	s.args = make([]any, len(s.columns), len(s.columns)+len(sink.MarkColumns))
	for i, c := range s.columns {
		from := i
		if step.Delete {
			from = w.keys[i]
		}
		array := values[i*n : (i+1)*n : (i+1)*n]
		for r, row := range rows {
			array[r] = row[from]
		}
		if c.text {
			if err := asText(types, c, array); err != nil {
				return s, err
			}
		}
		s.args[i] = array
		if w.literal {
			text, err := types.Encode(c.array, pgx.TextFormatCode, array, nil)
			if err != nil {
				return s, &argumentError{c.name, err}
			}
			if bytes.IndexByte(text, 0) >= 0 { // it would end the message of the simple protocol
				return s, &argumentError{c.name, errZeroByte}
			}
			s.args[i] = string(text)
		}
	}
	if step.Batch != nil {
		s.args = append(s.args, step.Mark(part)...)
	}
	return s, nil
}

// asText replaces values by what they are as text.
func asText(types *pgtype.Map, c column, array []any) error {
	for i, v := range array {
		text, err := types.Encode(c.oid, pgx.TextFormatCode, v, nil)
		if err != nil {
			return &argumentError{c.name, err}
		}
		array[i] = nil
		if text != nil {
			array[i] = string(text)
		}
	}
	return nil
}

// encode tells whether it was the arguments that could not be sent: pgx says so
// with no type of its own, and in a batch only after it has given up the
// connection.
func (s *statement) encode(types *pgtype.Map) error {
	for i, c := range s.columns {
		if _, err := types.Encode(c.array, pgx.BinaryFormatCode, s.args[i], nil); err != nil {
			return &argumentError{c.name, err}
		}
	}
	return nil
}

// argumentError is a value that pgx cannot make one of the column's type.
type argumentError struct {
	column string
	err    error
}

func (e *argumentError) Error() string { return fmt.Sprintf("column %s: %v", e.column, e.err) }

func (e *argumentError) Unwrap() error { return e.err }
