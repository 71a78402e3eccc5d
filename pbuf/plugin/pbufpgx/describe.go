package pbufpgx

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sink"
)

// column is a column of the table as the server has it.
type column struct {
	name  string // quoted
	oid   uint32 // its type
	kind  string // as SQL has it
	array uint32 // the type of the array that carries the values
	// text says that values travel as text and are cast by the server: types of
	// which pgx knows no array, such as enumerations, and arrays, which unnest would
	// take apart.
	text bool
}

// The type is the one beneath a domain, which the server checks when a row is
// stored. Types that round come with their precision, or a tombstone would not find
// the row whose key was rounded. format_type with -1 gives bpchar, where a mere
// "character" would be cut to one; with their length, texts would be cut.
const describeSQL = `
SELECT a.attname, t.oid, format_type(t.oid, CASE WHEN t.oid = ANY
	('{numeric,timestamp,timestamptz,time,timetz,interval}'::regtype[]) THEN GREATEST(a.atttypmod, d.typtypmod) ELSE -1 END)
FROM pg_attribute a
JOIN pg_type d ON d.oid = a.atttypid
JOIN pg_type t ON t.oid = COALESCE(NULLIF(d.typbasetype, 0), d.oid)
WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped`

// describe finds the columns of the shape.
func describe(ctx context.Context, conn *pgx.Conn, s *sink.Shape) ([]column, error) {
	table := quote(".", s.Schema, s.Table)
	rows, err := conn.Query(ctx, describeSQL, table)
	if err != nil {
		return nil, fmt.Errorf("pbuf: pbufpgx.New: %w", err)
	}
	known := make(map[string]column)
	var name, kind string
	var oid uint32
	_, err = pgx.ForEachRow(rows, []any{&name, &oid, &kind}, func() error {
		c := column{name: quote("", name), oid: oid, kind: kind, array: arrayOf(conn.TypeMap(), oid)}
		if c.array == 0 {
			c.array, c.text = pgtype.TextArrayOID, true
		}
		known[name] = c
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("pbuf: pbufpgx.New: %w", err)
	}
	if len(known) == 0 {
		return nil, fmt.Errorf("%w: Config.Table: there is no table %s", pbuf.ErrOptions, table)
	}
	columns := make([]column, len(s.Columns))
	for i, want := range s.Columns {
		c, ok := known[want.Name]
		switch {
		case !ok:
			return nil, fmt.Errorf("%w: table %s has no column %q", pbuf.ErrOptions, table, want.Name)
		case want.Role == sink.Version && c.oid != pgtype.Int8OID:
			return nil, fmt.Errorf("%w: Config.Version: column %q is of type %s, must be bigint", pbuf.ErrOptions, want.Name, c.kind)
		case want.Role == sink.Deleted && c.oid != pgtype.BoolOID:
			return nil, fmt.Errorf("%w: Config.Deleted: column %q is of type %s, must be boolean", pbuf.ErrOptions, want.Name, c.kind)
		}
		columns[i] = c
	}
	return columns, nil
}

// arrayOf finds the array of a type, 0 if pgx knows none or the type is an array
// itself.
func arrayOf(types *pgtype.Map, oid uint32) uint32 {
	t, ok := types.TypeForOID(oid)
	if !ok {
		return 0
	}
	array, ok := types.TypeForName("_" + t.Name)
	if !ok {
		return 0
	}
	return array.OID
}

// explain has the server plan the statements, with no rows: only then it looks for
// the unique index.
func (w *writer) explain(ctx context.Context, conn *pgx.Conn, s *sink.Shape) error {
	for _, erase := range []bool{false, true} {
		step := sink.Step{Parts: make([][][]any, 1), Delete: erase}
		if s.Batches != "" {
			step.Batch = &sink.Batch{}
		}
		one, err := w.statement(conn.TypeMap(), &step, 0)
		if err == nil {
			_, err = conn.Exec(ctx, "EXPLAIN "+one.sql, one.args...)
		}
		var server *pgconn.PgError
		if erase && errors.As(err, &server) && server.Code == "42501" {
			continue // there may never be a tombstone
		}
		if err != nil {
			return refusal(s, err)
		}
	}
	return s.CheckDeferrable(func(late *int, query string, args ...any) error {
		if err := conn.QueryRow(ctx, query, args...).Scan(late); err != nil {
			return fmt.Errorf("pbuf: pbufpgx.New: %w", err)
		}
		return nil
	})
}

// refusal says what the server's error means.
func refusal(s *sink.Shape, err error) error {
	var server *pgconn.PgError
	switch {
	case !errors.As(err, &server) || len(server.Code) != 5:
		return fmt.Errorf("pbuf: pbufpgx.New: %w", err)
	case server.Code == "42P10":
		return fmt.Errorf("%w: Config.Key: table %s has no unique index on exactly (%s): %w",
			pbuf.ErrOptions, s.Table, quote(", ", s.KeyNames()...), err)
	case server.Code == "42P01" && s.Batches != "":
		return fmt.Errorf("%w: Config.Batches: there is no table %s; it is made by: %s",
			pbuf.ErrOptions, s.Batches, BatchesTable(s.Schema, s.Batches))
	}
	switch server.Code[:2] {
	case "42", "0A", "22": // the statement itself, what a view cannot do, its values
		return fmt.Errorf("%w: table %s: %w", pbuf.ErrOptions, s.Table, err)
	}
	return fmt.Errorf("pbuf: pbufpgx.New: %w", err) // a lock, a timeout, a shutdown
}
