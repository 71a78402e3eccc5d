package pbufpgx

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/puddle/v2"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sink"
	"github.com/partitioned-buffer/go/pbuf/plugin/upsert"
)

// Config says how entries become rows. Its fields: package
// github.com/partitioned-buffer/go/pbuf/plugin/upsert.
type Config[K comparable, V any] = upsert.Config[K, V]

// Column is a column of the table, and where its values come from.
type Column[K comparable, V any] = upsert.Column[K, V]

// New makes a processor that writes batches to the table. It asks the server
// about the table, so that what does not fit is an error now: a table or column
// that does not exist, a key without a unique index, a version column of another
// type than bigint. An invalid Config is an error that wraps pbuf.ErrOptions, a
// nil or closed pool one that wraps pbuf.ErrArgument. The user of the pool needs the
// rights to SELECT, INSERT and UPDATE, and for tombstones (without Config.Deleted)
// and Entry.Reset the one to DELETE.
//
// The processor may be called by many partitions at once; each call has one
// connection of the pool while it lasts. The pool remains the caller's, to be
// closed after the buffer was stopped.
func New[K comparable, V any](ctx context.Context, pool *pgxpool.Pool, config Config[K, V]) (pbuf.Processor[K, V], error) {
	switch {
	case ctx == nil:
		return nil, fmt.Errorf("%w: pbufpgx.New: the context is nil", pbuf.ErrArgument)
	case pool == nil:
		return nil, fmt.Errorf("%w: pbufpgx.New: the pool is nil", pbuf.ErrArgument)
	}
	plan, err := sink.NewPlan(config)
	if err != nil {
		return nil, err
	}
	conn, err := pool.Acquire(ctx)
	if errors.Is(err, puddle.ErrClosedPool) {
		return nil, fmt.Errorf("%w: pbufpgx.New: the pool is closed", pbuf.ErrArgument)
	}
	if err != nil {
		return nil, fmt.Errorf("pbuf: pbufpgx.New: %w", err)
	}
	defer conn.Release()
	columns, err := describe(ctx, conn.Conn(), &plan.Shape)
	if err != nil {
		return nil, err
	}
	mode := conn.Conn().Config().DefaultQueryExecMode
	plain := plan.Shape
	plain.Batches = ""
	w := &writer{
		pool:    pool,
		columns: columns,
		keys:    keyAndVersion(&plan.Shape),
		literal: mode == pgx.QueryExecModeExec || mode == pgx.QueryExecModeSimpleProtocol,
		plain:   textsOf(&plain, columns),
		marked:  textsOf(&plan.Shape, columns),
	}
	if err := w.explain(ctx, conn.Conn(), &plan.Shape); err != nil {
		return nil, err
	}
	return func(ctx context.Context, batch []pbuf.Entry[K, V]) error {
		return sink.Deliver(ctx, w, plan, batch)
	}, nil
}
