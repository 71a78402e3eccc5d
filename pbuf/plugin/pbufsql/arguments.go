package pbufsql

import (
	"math/bits"
	"slices"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sink"
)

// mostBytes of text are in one statement where the dialect counts them: with quotes
// and escapes that is less than the least max_allowed_packet that a server comes with.
const mostBytes = 1 << 20

// query is the step's statement for n rows.
func (w *writer) query(step *sink.Step, n int) string {
	if step.Delete {
		return w.erase
	}
	return w.upsert(n)
}

// statementRows is the most that a statement of the step takes.
func (w *writer) statementRows(step *sink.Step) int {
	if step.Delete {
		return 1
	}
	return w.most
}

// arguments appends those of the step's next statement, and says how many of the
// rows it has: one at least.
func (w *writer) arguments(args []any, step *sink.Step, rows [][]any) (all []any, n int, err error) {
	rows = rows[:min(len(rows), w.statementRows(step))]
	if w.fewSizes {
		rows = rows[:leading(len(rows))]
	}
	args = slices.Grow(args, len(rows)*len(w.shape.Columns))
	for bytes := 0; n < len(rows); n++ {
		more, err := w.bytes(rows[n])
		if err != nil {
			return nil, 0, err
		}
		if bytes += more; bytes > mostBytes && n > 0 {
			break
		}
		if !step.Delete {
			args = append(args, rows[n]...)
		} else if args, err = w.eraseArguments(args, rows[n]); err != nil {
			return nil, 0, err
		}
	}
	return args, n, nil
}

// leading is n with zeros for all hexadecimal digits but the first: batches of any
// size are few statements then, and each is of one of few sizes.
func leading(n int) int {
	shift := (bits.Len(uint(n)) - 1) / 4 * 4
	return n >> shift << shift
}

// bytes looks at the values of a row, if the dialect does.
func (w *writer) bytes(row []any) (n int, err error) {
	if w.value == nil {
		return 0, nil
	}
	for i, v := range row {
		bytes, ok := w.value(v)
		if !ok {
			return 0, cannotHold(w.shape.Columns[i].Name, v)
		}
		n += bytes
	}
	return n, nil
}

// eraseArguments appends the key, and the version if there is one.
func (w *writer) eraseArguments(args []any, row []any) ([]any, error) {
	for i, c := range w.keys {
		v := row[c]
		if i < len(w.where) {
			key, ok := w.where[i].convert(plain(v))
			if !ok {
				return nil, cannotHold(w.shape.Columns[c].Name, v)
			}
			v = key
		}
		args = append(args, v)
	}
	return args, nil
}
