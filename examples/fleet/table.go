package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver "sqlite", without cgo

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufsql"
)

const schema = `CREATE TABLE latest (key TEXT PRIMARY KEY, value TEXT NOT NULL, version INTEGER NOT NULL, deleted INTEGER NOT NULL) STRICT, WITHOUT ROWID`

// openTable opens the file that all workers share.
func openTable(s settings) (*sql.DB, error) {
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
	return db, nil
}

func createTable(ctx context.Context, s settings) error {
	db, err := openTable(s)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, schema)
	return err
}

// newProcessor makes the processor: rows give way to newer versions alone, and those
// that are deleted stay, marked.
func newProcessor(ctx context.Context, db *sql.DB) (pbuf.Processor[string, string], error) {
	type entry = pbuf.Entry[string, string]
	return pbufsql.New(ctx, db, pbufsql.SQLite, pbufsql.Config[string, string]{
		Table:   "latest",
		Key:     []pbufsql.Column[string, string]{{Name: "key", Value: func(e entry) any { return e.Key }}},
		Columns: []pbufsql.Column[string, string]{{Name: "value", Value: func(e entry) any { return e.Value }}},
		Version: "version",
		Deleted: "deleted",
	})
}

// changed is how many rows this process's connection has written.
func changed(ctx context.Context, db *sql.DB) (n int, err error) {
	err = db.QueryRowContext(ctx, `SELECT total_changes()`).Scan(&n)
	return n, err
}

// row is one of the table, or what the log says it must be.
type row struct {
	value   string
	version int64
	deleted bool
}

func readTable(ctx context.Context, s settings) (map[string]row, error) {
	db, err := openTable(s)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	found, err := db.QueryContext(ctx, `SELECT key, value, version, deleted FROM latest`)
	if err != nil {
		return nil, fmt.Errorf("table: %w", err)
	}
	defer found.Close()
	rows := map[string]row{}
	for found.Next() {
		var key string
		var r row
		if err := found.Scan(&key, &r.value, &r.version, &r.deleted); err != nil {
			return nil, fmt.Errorf("table: %w", err)
		}
		rows[key] = r
	}
	return rows, found.Err()
}
