package main

import (
	"context"
	"iter"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/upsert"
)

// table is made anew by every run.
const table = "pbuf_ingest_events"

// sink is a database with the table of events. Its methods may be called
// concurrently.
type sink interface {
	// save is the buffer's processor. A row gives way only to a newer version: the
	// buffer compares versions too, but it forgets an event with each flush, so an
	// old copy of the feed can still bring an old version.
	save(ctx context.Context, batch []pbuf.Entry[string, quake]) error
	// rows reads the table. The last element may be an error.
	rows(ctx context.Context) iter.Seq2[revision, error]
	// where says which database it is, without the password.
	where() string
	close() error
}

// openSink opens PostgreSQL if there is a DSN, otherwise a new SQLite file.
func openSink(ctx context.Context, dsn string) (sink, error) {
	if dsn != "" {
		return openPostgres(ctx, dsn)
	}
	return openSQLite(ctx)
}

// rowOf says which column holds what of an event.
var rowOf = upsert.Config[string, quake]{
	Table: table,
	Key:   []upsert.Column[string, quake]{{Name: "id", Value: func(e pbuf.Entry[string, quake]) any { return e.Key }}},
	Columns: []upsert.Column[string, quake]{
		column("time_ms", func(q quake) any { return q.TimeMS }),
		column("mag", func(q quake) any { return q.Mag }),
		column("mag_type", func(q quake) any { return q.MagType }),
		column("status", func(q quake) any { return q.Status }),
		column("longitude", func(q quake) any { return q.Longitude }),
		column("latitude", func(q quake) any { return q.Latitude }),
		column("depth_km", func(q quake) any { return q.DepthKM }),
		column("place", func(q quake) any { return q.Place }),
	},
	Version: "version",
}

func column(name string, of func(quake) any) upsert.Column[string, quake] {
	return upsert.Column[string, quake]{Name: name, Value: func(e pbuf.Entry[string, quake]) any { return of(e.Value) }}
}

// allColumns are the table's, in the order in which rows are read.
const allColumns = `id, version, time_ms, mag, mag_type, status, longitude, latitude, depth_km, place`

// targets are where a row of allColumns is scanned to.
func (r *revision) targets() []any {
	q := &r.Quake
	return []any{
		&r.ID, &r.Version, &q.TimeMS, &q.Mag, &q.MagType, &q.Status,
		&q.Longitude, &q.Latitude, &q.DepthKM, &q.Place,
	}
}

// cursor is what *sql.Rows and pgx.Rows have in common.
type cursor interface {
	Next() bool
	Scan(targets ...any) error
	Err() error
}

// revisions yields the cursor's rows, and its error last.
func revisions(rows cursor, yield func(revision, error) bool) {
	for rows.Next() {
		var r revision
		err := rows.Scan(r.targets()...)
		if !yield(r, err) || err != nil {
			return
		}
	}
	if err := rows.Err(); err != nil {
		yield(revision{}, err)
	}
}
