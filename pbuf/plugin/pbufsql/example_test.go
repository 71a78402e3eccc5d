package pbufsql_test

import (
	"context"
	"database/sql"
	"errors"
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

// Page views per page, into a database whose reply to every third commit is lost.
// Replay and the table of batches add each view once; without them, a batch whose reply
// was lost is added again.
func ExampleNew_exactlyOnce() {
	fmt.Println("Replay: 3000 put,", countViews(pbuf.Replay, "pbuf_batches"), "in the table")
	fmt.Println("Requeue: too many:", countViews(pbuf.Requeue, "") > 3000)
	// Output:
	// Replay: 3000 put, 3000 in the table
	// Requeue: too many: true
}

// countViews puts 3,000 views of 10 pages, and returns how many the table has then.
func countViews(policy pbuf.RetryPolicy, batches string) (views int) {
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
		Batches: batches,
	})
	if err != nil {
		panic(err)
	}
	commits := 0
	buf, err := pbuf.New(pbuf.Options[string, int]{
		Processor: func(ctx context.Context, batch []pbuf.Entry[string, int]) error {
			if err := save(ctx, batch); err != nil {
				return err
			}
			if commits++; commits%3 == 0 {
				return errors.New("committed, but the reply was lost")
			}
			return nil
		},
		Merge:      func(_ string, old, new int) int { return old + new },
		Retry:      pbuf.Retry{Policy: policy},
		Partitions: 1,
	})
	if err != nil {
		panic(err)
	}
	for i := range 3000 {
		if err := buf.Put(fmt.Sprint("/page/", i%10), 1); err != nil {
			panic(err)
		}
		if i%100 == 99 {
			_ = buf.Flush(ctx) // what failed is tried again, by the next one at the latest
		}
	}
	for buf.Flush(ctx) != nil { // until a commit's reply is not lost
	}
	if err := buf.Close(); err != nil {
		panic(err)
	}
	if err := db.QueryRowContext(ctx, `SELECT sum(views) FROM pages`).Scan(&views); err != nil {
		panic(err)
	}
	return views
}
