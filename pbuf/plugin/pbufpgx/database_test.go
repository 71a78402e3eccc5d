package pbufpgx_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/testdb"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufpgx"
)

type (
	entry  = sinktest.Entry
	config = sinktest.Config
	column = sinktest.Column
)

var schemas atomic.Int64

// database is a schema of the test's own.
type database struct {
	*pgxpool.Pool
	schema string
	codes  *codes
}

// codes counts the server's errors by SQLSTATE, also those that never leave the
// processor.
type codes struct {
	mu    sync.Mutex
	count map[string]int
}

func (c *codes) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return ctx
}

func (c *codes) TraceQueryEnd(_ context.Context, _ *pgx.Conn, data pgx.TraceQueryEndData) {
	c.add(data.Err)
}

func (c *codes) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return ctx
}

func (c *codes) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

func (c *codes) TraceBatchEnd(_ context.Context, _ *pgx.Conn, data pgx.TraceBatchEndData) {
	c.add(data.Err)
}

func (c *codes) add(err error) {
	var server *pgconn.PgError
	if errors.As(err, &server) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.count[server.Code]++
	}
}

func (c *codes) of(code string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.count[code]
}

// open makes a schema and executes the statements in it.
func open(tb testing.TB, dsn string, statements ...string) database {
	tb.Helper()
	d := database{schema: fmt.Sprintf("pbuf %d", schemas.Add(1)), codes: &codes{count: make(map[string]int)}} // the space must be quoted
	quoted := pgx.Identifier{d.schema}.Sanitize()
	setUp, err := pgx.Connect(tb.Context(), dsn)
	if err != nil {
		tb.Fatal(err)
	}
	defer setUp.Close(context.Background())
	for _, sql := range append([]string{"DROP SCHEMA IF EXISTS " + quoted + " CASCADE", "CREATE SCHEMA " + quoted, "SET search_path TO " + quoted}, statements...) {
		if _, err := setUp.Exec(tb.Context(), sql); err != nil {
			tb.Fatalf("%s: %v", sql, err)
		}
	}
	d.Pool = d.connect(tb, dsn)
	return d
}

// connect opens a pool that looks into the schema by itself.
func (d database) connect(tb testing.TB, dsn string, settings ...string) *pgxpool.Pool {
	tb.Helper()
	c, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		tb.Fatal(err)
	}
	c.MaxConns = 8
	c.ConnConfig.Tracer = d.codes
	c.ConnConfig.RuntimeParams["search_path"] = pgx.Identifier{d.schema}.Sanitize()
	for _, s := range settings {
		name, value, _ := strings.Cut(s, "=")
		if name == "port" { // of a proxy
			c.ConnConfig.Host, c.ConnConfig.Fallbacks = "127.0.0.1", nil
			if _, err := fmt.Sscan(value, &c.ConnConfig.Port); err != nil {
				tb.Fatal(err)
			}
			continue
		}
		c.ConnConfig.RuntimeParams[name] = value
	}
	pool, err := pgxpool.NewWithConfig(tb.Context(), c)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(pool.Close)
	return pool
}

const readings = `CREATE TABLE readings (id text PRIMARY KEY, value integer CHECK (value < 1000), version bigint)`

func processor(tb testing.TB, pool *pgxpool.Pool, c config) pbuf.Processor[string, int] {
	tb.Helper()
	p, err := pbufpgx.New(tb.Context(), pool, c)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// want compares the result of a query, a line per row.
func (d database) want(tb testing.TB, query string, lines ...string) {
	tb.Helper()
	rows, err := d.Query(tb.Context(), query)
	if err != nil {
		tb.Fatal(err)
	}
	got, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (string, error) {
		values, err := row.Values()
		return strings.TrimSuffix(fmt.Sprintln(values...), "\n"), err
	})
	if err != nil {
		tb.Fatal(err)
	}
	if strings.Join(got, "\n") != strings.Join(lines, "\n") {
		tb.Errorf("%s: got\n%s\nwant\n%s", query, strings.Join(got, "\n"), strings.Join(lines, "\n"))
	}
}

const allReadings = `SELECT id, value, version FROM readings ORDER BY id`

func shared(tb testing.TB, statements ...string) database {
	tb.Helper()
	return open(tb, testdb.Postgres(tb), statements...)
}
