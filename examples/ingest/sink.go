package main

import (
	"context"
	"iter"

	"github.com/partitioned-buffer/go/pbuf"
)

// table is made anew by every run.
const table = "pbuf_ingest_events"

// sink is a database with the table of events. Its methods may be called
// concurrently.
type sink interface {
	// upsert writes the batch whole or not at all. It changes only rows with a
	// lower version, and returns how many rows it changed or added. After an
	// error the sink goes on working: it reconnects by itself.
	upsert(ctx context.Context, batch []pbuf.Entry[string, quake]) (changed int64, err error)
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

// onConflict ends both databases' INSERT: a row gives way only to a newer
// version. The buffer compares versions too, but it forgets an event with each
// flush, so an old copy of the feed can still bring an old version here.
const onConflict = `
ON CONFLICT (id) DO UPDATE SET
  version = excluded.version, time_ms = excluded.time_ms, mag = excluded.mag,
  mag_type = excluded.mag_type, status = excluded.status,
  longitude = excluded.longitude, latitude = excluded.latitude,
  depth_km = excluded.depth_km, place = excluded.place
WHERE excluded.version > events.version`

// allColumns are the table's, in the order of every statement here.
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
