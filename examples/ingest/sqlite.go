package main

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver "sqlite", without cgo

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufsql"
)

const sqliteSchema = `CREATE TABLE ` + table + ` (
  id        TEXT PRIMARY KEY,
  version   INTEGER NOT NULL,
  time_ms   INTEGER NOT NULL,
  mag       REAL NOT NULL,
  mag_type  TEXT NOT NULL,
  status    TEXT NOT NULL,
  longitude REAL NOT NULL,
  latitude  REAL NOT NULL,
  depth_km  REAL NOT NULL,
  place     TEXT NOT NULL
) STRICT, WITHOUT ROWID`

// sqliteSink writes a file in a folder of its own, which stays after the run.
type sqliteSink struct {
	path   string
	db     *sql.DB
	upsert pbuf.Processor[string, quake]
}

func openSQLite(ctx context.Context) (*sqliteSink, error) {
	folder, err := os.MkdirTemp("", "pbuf-ingest-")
	if err != nil {
		return nil, err
	}
	s, err := createSQLite(ctx, filepath.Join(folder, "events.db"))
	if err != nil {
		os.RemoveAll(folder)
		return nil, err
	}
	return s, nil
}

// createSQLite makes the file and the table.
func createSQLite(ctx context.Context, path string) (*sqliteSink, error) {
	uri := url.URL{Scheme: "file", Path: path, RawQuery: url.Values{
		"_pragma": {"journal_mode(WAL)", "synchronous(NORMAL)", "busy_timeout(5000)"},
	}.Encode()}
	db, err := sql.Open("sqlite", uri.String())
	if err != nil {
		return nil, fmt.Errorf("sqlite: %s: %w", path, err)
	}
	// SQLite has one writer at a time. With one connection the partitions'
	// batches queue here rather than poll for its lock until busy_timeout.
	db.SetMaxOpenConns(1)
	s := &sqliteSink{path: path, db: db}
	if _, err = db.ExecContext(ctx, sqliteSchema); err == nil {
		s.upsert, err = pbufsql.New(ctx, db, pbufsql.SQLite, rowOf)
	}
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("sqlite: %s: %w", path, err)
	}
	return s, nil
}

func (s *sqliteSink) save(ctx context.Context, batch []pbuf.Entry[string, quake]) error {
	return s.upsert(ctx, batch)
}

func (s *sqliteSink) rows(ctx context.Context) iter.Seq2[revision, error] {
	return func(yield func(revision, error) bool) {
		rows, err := s.db.QueryContext(ctx, `SELECT `+allColumns+` FROM `+table)
		if err != nil {
			yield(revision{}, fmt.Errorf("sqlite: %w", err))
			return
		}
		defer rows.Close()
		revisions(rows, yield)
	}
}

func (s *sqliteSink) where() string { return "SQLite, " + s.path }

func (s *sqliteSink) close() error { return s.db.Close() }
