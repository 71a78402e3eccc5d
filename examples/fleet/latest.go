package main

import (
	"context"
	"fmt"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufsql"
)

// latest is the job of a fleet without -sum: the latest value of each key.
type latest struct{}

// row is one of the table, or what the log says it must be.
type row struct {
	value   string
	version int64
	deleted bool
}

func (latest) create(ctx context.Context, db *database) error {
	return db.create(ctx, map[string]string{
		"pbuf_fleet_latest": "(key TEXT PRIMARY KEY, value TEXT NOT NULL, version BIGINT NOT NULL, deleted BOOLEAN NOT NULL)",
	})
}

// newProcessor makes the processor: rows give way to newer versions alone, and those
// that are deleted stay, marked.
func newProcessor(ctx context.Context, db *database) (pbuf.Processor[string, string], error) {
	type entry = pbuf.Entry[string, string]
	return pbufsql.New(ctx, db.DB, db.dialect, pbufsql.Config[string, string]{
		Table:   "pbuf_fleet_latest",
		Key:     []pbufsql.Column[string, string]{{Name: "key", Value: func(e entry) any { return e.Key }}},
		Columns: []pbufsql.Column[string, string]{{Name: "value", Value: func(e entry) any { return e.Value }}},
		Version: "version",
		Deleted: "deleted",
	})
}

// open is how many messages are not acknowledged.
func (latest) open(ctx context.Context, r *runner) (n uint64, err error) {
	for p := range partitions {
		c, err := r.js.Consumer(ctx, streamName, consumerName(p))
		if err != nil {
			return 0, err
		}
		info := c.CachedInfo() // of just now
		n += info.NumPending + uint64(info.NumAckPending)
	}
	return n, nil
}

func (latest) compare(ctx context.Context, db *database, log []record) (rows int, differences []string, err error) {
	want := map[string]row{}
	for _, m := range log {
		want[m.key] = row{value: m.data, version: int64(m.seq), deleted: m.data == ""}
	}
	got, err := readRows(ctx, db, `SELECT key, value, version, deleted FROM pbuf_fleet_latest`,
		func(r *row) []any { return []any{&r.value, &r.version, &r.deleted} })
	return len(want), compare(want, got), err
}

func (latest) lines(s report) []string {
	return []string{
		fmt.Sprintf("fetched                %d, of them redelivered %d", s.Fetched, s.Redelivered),
		fmt.Sprintf("puts                   %d, of them refused by the buffer's versions %d", s.Stored+s.Stale, s.Stale),
		fmt.Sprintf("upserts                %d, of them refused by the table's versions %d", s.Upserts, int(s.Upserts)-s.Changed),
		fmt.Sprintf("acknowledged           %d, given back %d, kept alive %d times", s.Acked, s.Nacked, s.Extended),
	}
}
