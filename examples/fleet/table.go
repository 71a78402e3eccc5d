package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // the driver "sqlite", without cgo

	"github.com/partitioned-buffer/go/pbuf/plugin/pbufsql"
)

// database is what all workers share: a file of SQLite, or a PostgreSQL.
type database struct {
	*sql.DB
	dialect pbufsql.Dialect
	changed func(context.Context) (int, error) // rows that this process has written
}

func openDatabase(s settings) (*database, error) {
	if s.dsn != "" {
		return openPostgres(s.dsn)
	}
	uri := url.URL{Scheme: "file", Path: filepath.Join(s.folder, "table.db"), RawQuery: url.Values{
		// A killed process loses nothing that it has committed; a crash of the machine
		// would lose what is newer than the last checkpoint of the file.
		"_pragma": {"busy_timeout(2000)", "journal_mode(WAL)", "synchronous(NORMAL)"},
	}.Encode()}
	db, err := sql.Open("sqlite", uri.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // one writer at a time in any case
	return &database{db, pbufsql.SQLite, func(ctx context.Context) (n int, err error) {
		err = db.QueryRowContext(ctx, `SELECT total_changes()`).Scan(&n)
		return n, err
	}}, nil
}

func openPostgres(dsn string) (*database, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("-dsn: %w", err)
	}
	// A worker that is stopped in the middle of a transaction holds up all others: the
	// server ends it.
	config.RuntimeParams["idle_in_transaction_session_timeout"] = "1000"
	var rows rowCount
	config.Tracer = &rows
	return &database{stdlib.OpenDB(*config), pbufsql.PostgreSQL, func(context.Context) (int, error) {
		return int(rows.Load()), nil
	}}, nil
}

// rowCount counts the rows that statements have written. It orders nothing else.
type rowCount struct{ atomic.Int64 }

func (*rowCount) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return ctx
}

func (c *rowCount) TraceQueryEnd(_ context.Context, _ *pgx.Conn, data pgx.TraceQueryEndData) {
	if tag := data.CommandTag; data.Err == nil && (tag.Insert() || tag.Update()) {
		c.Add(tag.RowsAffected())
	}
}

// create makes the tables anew.
func (db *database) create(ctx context.Context, tables map[string]string) error {
	for name, columns := range tables {
		if db.dialect == pbufsql.SQLite {
			columns = strings.NewReplacer("BIGINT", "INTEGER", "BOOLEAN", "INTEGER", "DOUBLE PRECISION", "REAL").Replace(columns) + " STRICT"
		}
		for _, statement := range []string{"DROP TABLE IF EXISTS " + name, "CREATE TABLE " + name + columns} {
			if _, err := db.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("table %s: %w", name, err)
			}
		}
	}
	return nil
}

// bind puts the dialect's placeholders for question marks.
func (db *database) bind(query string) string {
	if db.dialect == pbufsql.SQLite {
		return query
	}
	var b strings.Builder
	for i, part := range strings.Split(query, "?") {
		if i > 0 {
			b.WriteString("$" + strconv.Itoa(i))
		}
		b.WriteString(part)
	}
	return b.String()
}

// readRows reads a query's rows by their keys.
func readRows[R any](ctx context.Context, db *database, query string, fields func(*R) []any) (map[string]R, error) {
	found, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("table: %w", err)
	}
	defer found.Close()
	rows := map[string]R{}
	for found.Next() {
		var key string
		var r R
		if err := found.Scan(append([]any{&key}, fields(&r)...)...); err != nil {
			return nil, fmt.Errorf("table: %w", err)
		}
		rows[key] = r
	}
	return rows, found.Err()
}
