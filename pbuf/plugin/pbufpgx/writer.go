package pbufpgx

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sink"
)

// writer is the sink.Writer of a table. It is immutable.
type writer struct {
	pool    *pgxpool.Pool
	columns []column
	keys    []int // which columns erase takes
	literal bool  // arrays travel as text: pgx does not ask the server for the types of parameters
	plain   texts
	marked  texts // for steps with a Batch
}

// Write sends a single statement as it is, since that is a transaction.
func (w *writer) Write(ctx context.Context, steps []sink.Step) error {
	if len(steps) == 1 && len(steps[0].Parts) == 1 {
		return w.use(ctx, steps, func(conn *pgx.Conn, all []statement) error {
			_, err := conn.Exec(ctx, all[0].sql, all[0].args...)
			return err
		})
	}
	return w.send(ctx, steps, func(batch *pgx.Batch, all []statement) {
		begin := true
		for _, s := range all {
			if begin {
				batch.Queue("begin")
			}
			batch.Queue(s.sql, s.args...)
			if begin = s.last; s.last {
				batch.Queue("commit")
			}
		}
	})
}

// Check has constraints that are deferred to the commit checked before it.
func (w *writer) Check(ctx context.Context, steps []sink.Step) error {
	return w.send(ctx, steps, func(batch *pgx.Batch, all []statement) {
		batch.Queue("begin")
		for _, s := range all {
			batch.Queue(s.sql, s.args...)
		}
		batch.Queue("set constraints all immediate")
		batch.Queue("rollback")
	})
}

// send sends what queue makes of the steps in one round trip.
func (w *writer) send(ctx context.Context, steps []sink.Step, queue func(*pgx.Batch, []statement)) error {
	return w.use(ctx, steps, func(conn *pgx.Conn, all []statement) error {
		var batch pgx.Batch
		queue(&batch, all)
		err := conn.SendBatch(ctx, &batch).Close()
		if err != nil && conn.PgConn().TxStatus() == 'E' {
			// Otherwise the pool would throw the connection away.
			_, _ = conn.Exec(ctx, "rollback")
		}
		return err
	})
}

// use runs f with a connection and the steps' statements.
func (w *writer) use(ctx context.Context, steps []sink.Step, f func(*pgx.Conn, []statement) error) error {
	conn, err := w.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	types := conn.Conn().TypeMap()
	all := make([]statement, 0, len(steps))
	for i := range steps {
		for part := range steps[i].Parts {
			one, err := w.statement(types, &steps[i], part)
			if err != nil {
				return err
			}
			all = append(all, one)
		}
	}
	err = f(conn.Conn(), all)
	if err != nil && !w.literal && ctx.Err() == nil && !fromServer(err) {
		for _, s := range all {
			if refused := s.encode(types); refused != nil {
				return refused
			}
		}
	}
	return err
}

func fromServer(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e)
}

// Classify goes by SQLSTATE. What pgx could not encode is as if the server had
// refused it.
func (w *writer) Classify(err error) sink.Class {
	var server *pgconn.PgError
	var argument *argumentError
	switch {
	case errors.As(err, &server):
		return sink.OfSQLState(server.Code, server.ConstraintName)
	case errors.As(err, &argument):
		return sink.Refused
	}
	return sink.Retry
}
