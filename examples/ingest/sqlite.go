package main

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"net/url"
	"os"
	"path/filepath"

	"github.com/partitioned-buffer/go/pbuf"
	_ "modernc.org/sqlite" // the driver "sqlite", without cgo
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

const sqliteUpsert = `INSERT INTO ` + table + ` AS events (` + allColumns + `)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)` + onConflict

// sqliteSink writes a file in a folder of its own, which stays after the run.
type sqliteSink struct {
	path string
	db   *sql.DB
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
	if _, err := db.ExecContext(ctx, sqliteSchema); err != nil {
		db.Close()
		return nil, fmt.Errorf("sqlite: %s: %w", path, err)
	}
	return &sqliteSink{path: path, db: db}, nil
}

func (s *sqliteSink) upsert(ctx context.Context, batch []pbuf.Entry[string, quake]) (changed int64, err error) {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return 0, fmt.Errorf("sqlite: %w", err)
	}
	defer tx.Rollback() // does nothing after the commit
	insert, err := tx.PrepareContext(ctx, sqliteUpsert)
	if err != nil {
		return 0, fmt.Errorf("sqlite: %w", err)
	}
	defer insert.Close()
	for _, e := range batch {
		q := e.Value
		result, err := insert.ExecContext(ctx, e.Key, e.Version, q.TimeMS, q.Mag, q.MagType, q.Status,
			q.Longitude, q.Latitude, q.DepthKM, q.Place)
		if err != nil {
			return 0, fmt.Errorf("sqlite: %s: %w", e.Key, err)
		}
		n, err := result.RowsAffected()
		if err != nil {
			return 0, fmt.Errorf("sqlite: %s: %w", e.Key, err)
		}
		changed += n
	}
	if err := tx.Commit(); err != nil {
		return 0, fmt.Errorf("sqlite: %w", err)
	}
	return changed, nil
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
