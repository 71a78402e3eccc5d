package pbufsql_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/testdb"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufsql"
)

type (
	entry  = sinktest.Entry
	config = sinktest.Config
	column = sinktest.Column
)

// database is one of the test's own: a file, a database, a schema.
type database struct {
	*sql.DB
	dialect pbufsql.Dialect
	connect func(address string, settings ...string) *sql.DB // address: another way to the server
	address string
}

var numbers atomic.Int64

// each runs the test on every dialect whose database there is.
func each(t *testing.T, test func(t *testing.T, d database)) {
	t.Helper()
	for _, dialect := range []pbufsql.Dialect{pbufsql.SQLite, pbufsql.MySQL, pbufsql.PostgreSQL} {
		t.Run(dialect.String(), func(t *testing.T) { test(t, shared(t, dialect)) })
	}
}

// shared opens a database on the server that all tests have in common.
func shared(tb testing.TB, dialect pbufsql.Dialect) database {
	switch dialect {
	case pbufsql.MySQL:
		return openMySQL(tb, testdb.MySQL(tb))
	case pbufsql.PostgreSQL:
		return openPostgres(tb, testdb.Postgres(tb))
	}
	return openSQLite(tb)
}

func openSQLite(tb testing.TB) database {
	file := filepath.Join(tb.TempDir(), "test.db")
	connect := func(string, ...string) *sql.DB {
		uri := url.URL{Scheme: "file", Path: file, RawQuery: url.Values{
			"_pragma": {"journal_mode(WAL)", "synchronous(NORMAL)", "busy_timeout(10000)", "foreign_keys(1)"},
		}.Encode()}
		return opened(tb, "sqlite", uri.String())
	}
	return database{DB: connect(""), dialect: pbufsql.SQLite, connect: connect}
}

func openMySQL(tb testing.TB, dsn string) database {
	name := fmt.Sprintf("pbuf_test_%d", numbers.Add(1))
	c, err := mysql.ParseDSN(dsn)
	if err != nil {
		tb.Fatal(err)
	}
	connect := func(address string, settings ...string) *sql.DB {
		own := c.Clone()
		own.DBName, own.InterpolateParams = name, true
		if address != "" {
			own.Addr = address
		}
		own, err := mysql.ParseDSN(strings.Join(append([]string{own.FormatDSN()}, settings...), "&"))
		if err != nil {
			tb.Fatal(err)
		}
		own.Logger = &mysql.NopLogger{}
		connector, err := mysql.NewConnector(own)
		if err != nil {
			tb.Fatal(err)
		}
		db := sql.OpenDB(connector)
		tb.Cleanup(func() { db.Close() })
		return db
	}
	setUp := opened(tb, "mysql", dsn)
	run(tb, setUp, "DROP DATABASE IF EXISTS "+name, "CREATE DATABASE "+name+" CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
	return database{DB: connect(""), dialect: pbufsql.MySQL, connect: connect, address: c.Addr}
}

func openPostgres(tb testing.TB, dsn string) database {
	name := fmt.Sprintf("pbufsql %d", numbers.Add(1))
	c, err := pgx.ParseConfig(dsn)
	if err != nil {
		tb.Fatal(err)
	}
	connect := func(address string, settings ...string) *sql.DB {
		own := c.Copy()
		own.RuntimeParams["search_path"] = `"` + name + `"`
		if address != "" {
			if _, err := fmt.Sscanf(address, "127.0.0.1:%d", &own.Port); err != nil {
				tb.Fatal(err)
			}
		}
		for _, s := range settings {
			key, value, _ := strings.Cut(s, "=")
			own.RuntimeParams[key] = value
		}
		db := stdlib.OpenDB(*own)
		tb.Cleanup(func() { db.Close() })
		return db
	}
	run(tb, connect(""), `DROP SCHEMA IF EXISTS "`+name+`" CASCADE`, `CREATE SCHEMA "`+name+`"`)
	return database{DB: connect(""), dialect: pbufsql.PostgreSQL, connect: connect, address: fmt.Sprintf("%s:%d", c.Host, c.Port)}
}

func opened(tb testing.TB, driver, dsn string) *sql.DB {
	tb.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	return db
}

func run(tb testing.TB, db *sql.DB, statements ...string) {
	tb.Helper()
	for _, s := range statements {
		if _, err := db.ExecContext(context.Background(), s); err != nil {
			tb.Fatalf("%s: %v", s, err)
		}
	}
}

// readings makes the table that most tests write to.
func (d database) readings(tb testing.TB) {
	run(tb, d.DB, `CREATE TABLE readings (id VARCHAR(40) PRIMARY KEY, value INTEGER CHECK (value < 1000), version BIGINT)`)
}

func (d database) processor(tb testing.TB, db *sql.DB, c config) pbuf.Processor[string, int] {
	tb.Helper()
	p, err := pbufsql.New(tb.Context(), db, d.dialect, c)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

const allReadings = `SELECT id, value, version FROM readings ORDER BY id`

// want compares the result of a query, a line per row.
func (d database) want(tb testing.TB, query string, lines ...string) {
	tb.Helper()
	rows, err := d.QueryContext(tb.Context(), query)
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		tb.Fatal(err)
	}
	var got []string
	for rows.Next() {
		values, targets := make([]sql.NullString, len(names)), make([]any, len(names))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := rows.Scan(targets...); err != nil {
			tb.Fatal(err)
		}
		line := make([]string, len(names))
		for i, v := range values {
			line[i] = "NULL"
			if v.Valid {
				line[i] = v.String
			}
		}
		got = append(got, strings.Join(line, " "))
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	if strings.Join(got, "\n") != strings.Join(lines, "\n") {
		tb.Errorf("%s: got\n%s\nwant\n%s", query, strings.Join(got, "\n"), strings.Join(lines, "\n"))
	}
}
