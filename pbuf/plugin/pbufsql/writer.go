package pbufsql

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sink"
)

// execer is a *sql.DB or a *sql.Tx.
type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

// Write does without a transaction where a step is one statement.
func (w *writer) Write(ctx context.Context, steps []sink.Step) error {
	for i := range steps {
		step := &steps[i]
		done, err := w.alone(ctx, step)
		if err == nil && !done {
			err = w.transaction(ctx, step)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// alone writes the step if it is one statement.
func (w *writer) alone(ctx context.Context, step *sink.Step) (done bool, err error) {
	rows := step.Parts[0]
	if step.Batch != nil || len(step.Parts) > 1 || len(rows) > w.statementRows(step) {
		return false, nil
	}
	args, n, err := w.arguments(nil, step, rows)
	if err != nil || n < len(rows) {
		return false, err
	}
	_, err = w.db.ExecContext(ctx, w.query(step, n), args...)
	return true, err
}

// Check is for steps without an identity.
func (w *writer) Check(ctx context.Context, steps []sink.Step) error {
	tx, err := w.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for i := range steps {
		if err := w.execute(ctx, tx, &steps[i]); err != nil {
			return err
		}
	}
	if w.immediate == "" {
		return nil
	}
	_, err = tx.ExecContext(ctx, w.immediate)
	return err
}

// Classify goes by the numbers of the dialect.
func (w *writer) Classify(err error) sink.Class {
	if errors.As(err, new(refusedError)) {
		return sink.Refused
	}
	return w.classify(err)
}

func (w *writer) transaction(ctx context.Context, step *sink.Step) error {
	tx, err := w.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after the commit
	if step.Batch != nil {
		if news, err := w.moveMark(ctx, tx, step); err != nil || !news {
			return err
		}
	}
	if err := w.execute(ctx, tx, step); err != nil {
		return err
	}
	return tx.Commit()
}

// moveMark writes down the step, and says whether that was news. Another
// transaction for the same step waits here until this one has ended. The insert
// comes first, since an update that finds nothing would have InnoDB lock the gap
// in which other partitions insert theirs.
func (w *writer) moveMark(ctx context.Context, tx *sql.Tx, step *sink.Step) (news bool, err error) {
	mark := step.Mark(0)
	key, position := mark[:sink.MarkKeys], mark[sink.MarkKeys:]
	if _, err := tx.ExecContext(ctx, w.create, key...); err != nil {
		return false, err
	}
	moved, err := tx.ExecContext(ctx, w.mark, slices.Concat(position, key, position)...)
	if err != nil {
		return false, err
	}
	n, err := moved.RowsAffected()
	return n > 0, err
}

// execute writes the step's rows.
func (w *writer) execute(ctx context.Context, db execer, step *sink.Step) error {
	for _, part := range step.Parts {
		if err := w.executePart(ctx, db, step, part); err != nil {
			return err
		}
	}
	return nil
}

// executePart prepares a statement that serves several times.
func (w *writer) executePart(ctx context.Context, db execer, step *sink.Step, rows [][]any) (err error) {
	var prepared *sql.Stmt
	var args []any
	most := w.statementRows(step)
	for len(rows) > 0 {
		var n int
		if args, n, err = w.arguments(args[:0], step, rows); err != nil {
			return err
		}
		if prepared == nil && n == most && len(rows) >= 2*most {
			if prepared, err = db.PrepareContext(ctx, w.query(step, most)); err != nil {
				return err
			}
			defer prepared.Close()
		}
		if prepared != nil && n == most {
			_, err = prepared.ExecContext(ctx, args...)
		} else {
			_, err = db.ExecContext(ctx, w.query(step, n), args...)
		}
		if err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}
