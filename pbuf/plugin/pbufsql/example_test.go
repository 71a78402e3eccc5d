package pbufsql_test

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	_ "modernc.org/sqlite"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufsql"
)

type quake struct {
	Place string
	Mag   float64
}

// The newest version of each earthquake, in SQLite.
func ExampleNew() {
	ctx := context.Background()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		panic(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1) // SQLite has one writer at a time, and :memory: one connection
	if _, err := db.ExecContext(ctx, `CREATE TABLE quakes (id TEXT PRIMARY KEY, place TEXT, mag REAL, version INTEGER)`); err != nil {
		panic(err)
	}

	save, err := pbufsql.New(ctx, db, pbufsql.SQLite, pbufsql.Config[string, quake]{
		Table: "quakes",
		Key: []pbufsql.Column[string, quake]{
			{Name: "id", Value: func(e pbuf.Entry[string, quake]) any { return e.Key }},
		},
		Columns: []pbufsql.Column[string, quake]{
			{Name: "place", Value: func(e pbuf.Entry[string, quake]) any { return e.Value.Place }},
			{Name: "mag", Value: func(e pbuf.Entry[string, quake]) any { return e.Value.Mag }},
		},
		Version: "version",
	})
	if err != nil {
		panic(err) // the table or the Config
	}
	buf, err := pbuf.New(pbuf.Options[string, quake]{Processor: save, FlushInterval: time.Second})
	if err != nil {
		panic(err)
	}
	for version, mag := range []float64{4.1, 4.3} {
		if _, err := buf.PutNewer("q17", quake{"Iceland", mag}, int64(version)); err != nil {
			panic(err)
		}
	}
	if err := buf.Close(); err != nil { // delivers what is left
		panic(err)
	}

	var q quake
	var version int64
	if err := db.QueryRowContext(ctx, `SELECT place, mag, version FROM quakes WHERE id = 'q17'`).Scan(&q.Place, &q.Mag, &version); err != nil {
		panic(err)
	}
	fmt.Println(q.Place, q.Mag, "at version", version)
	// Output:
	// Iceland 4.3 at version 1
}

// Page views per page, each batch added once whatever happens to the replies.
func ExampleNew_exactlyOnce() {
	ctx := context.Background()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		panic(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, table := range []string{
		`CREATE TABLE pages (path TEXT PRIMARY KEY, views INTEGER NOT NULL)`,
		pbufsql.SQLite.BatchesTable("", "pbuf_batches"),
	} {
		if _, err := db.ExecContext(ctx, table); err != nil {
			panic(err)
		}
	}

	save, err := pbufsql.New(ctx, db, pbufsql.SQLite, pbufsql.Config[string, int]{
		Table:   "pages",
		Key:     []pbufsql.Column[string, int]{{Name: "path", Value: func(e pbuf.Entry[string, int]) any { return e.Key }}},
		Columns: []pbufsql.Column[string, int]{{Name: "views", Value: func(e pbuf.Entry[string, int]) any { return e.Value }, Sum: true}},
		Batches: "pbuf_batches",
	})
	if err != nil {
		panic(err)
	}
	lost := false
	buf, err := pbuf.New(pbuf.Options[string, int]{
		Processor: func(ctx context.Context, batch []pbuf.Entry[string, int]) error {
			if err := save(ctx, batch); err != nil || lost {
				return err
			}
			lost = true
			return fmt.Errorf("committed, but the reply was lost")
		},
		Merge:      func(_ string, old, new int) int { return old + new },
		Retry:      pbuf.Retry{Policy: pbuf.Replay},
		Partitions: 1,
	})
	if err != nil {
		panic(err)
	}
	for range 3 {
		if err := buf.Put("/", 1); err != nil {
			panic(err)
		}
	}
	if err := buf.Flush(ctx); err != nil {
		fmt.Println("once more:", err)
	}
	if err := buf.Close(); err != nil {
		panic(err)
	}
	var views int
	if err := db.QueryRowContext(ctx, `SELECT views FROM pages`).Scan(&views); err != nil {
		panic(err)
	}
	fmt.Println(views, "views")
	// Output:
	// once more: pbuf: Flush: 1 entries failed: committed, but the reply was lost
	// 3 views
}
