package pbufsql

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sink"
	"github.com/partitioned-buffer/go/pbuf/plugin/upsert"
)

// Config says how entries become rows. Its fields are described in the package
// github.com/partitioned-buffer/go/pbuf/plugin/upsert.
type Config[K comparable, V any] = upsert.Config[K, V]

// Column is a column of the table, and where its values come from.
type Column[K comparable, V any] = upsert.Column[K, V]

// New makes a processor that writes batches to the table. It asks the database
// about the table, so that what does not fit is an error now: a table or column
// that does not exist, a key without a unique index, a version column that does
// not hold 64-bit integers, a column for Config.Deleted that is no boolean. An
// invalid Config or Dialect is an error that wraps pbuf.ErrOptions, a nil or closed
// db one that wraps pbuf.ErrArgument; a database that does not answer is neither.
//
// The processor may be called by many partitions at once; each call uses one
// connection while it lasts. SQLite has one writer at a time: with
// db.SetMaxOpenConns(1) partitions queue, with more they need a busy_timeout, a
// short one, since its drivers wait for that whatever becomes of the context. The
// db remains the caller's, to be closed after the buffer was stopped.
func New[K comparable, V any](ctx context.Context, db *sql.DB, dialect Dialect, config Config[K, V]) (pbuf.Processor[K, V], error) {
	rules, known := dialects[dialect]
	switch {
	case ctx == nil:
		return nil, fmt.Errorf("%w: pbufsql.New: the context is nil", pbuf.ErrArgument)
	case db == nil:
		return nil, fmt.Errorf("%w: pbufsql.New: the db is nil", pbuf.ErrArgument)
	case !known:
		return nil, fmt.Errorf("%w: dialect is %v, must be SQLite, MySQL or PostgreSQL", pbuf.ErrOptions, dialect)
	}
	plan, err := sink.NewPlan(config)
	if err != nil {
		return nil, err
	}
	if err := db.PingContext(ctx); err != nil {
		if err.Error() == "sql: database is closed" { // it has no name
			return nil, fmt.Errorf("%w: pbufsql.New: the db is closed", pbuf.ErrArgument)
		}
		return nil, fmt.Errorf("pbuf: pbufsql.New: %w", err)
	}
	w := newWriter(db, rules, &plan.Shape)
	if err := w.check(ctx, dialect); err != nil {
		return nil, err
	}
	return func(ctx context.Context, batch []pbuf.Entry[K, V]) error {
		return sink.Deliver(ctx, w, plan, batch)
	}, nil
}
