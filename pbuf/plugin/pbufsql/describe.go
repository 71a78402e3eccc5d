package pbufsql

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sink"
)

// Each takes schema and table; an empty schema is the connection's.
const (
	sqliteColumns = `SELECT name, type FROM pragma_table_info(?2, COALESCE(NULLIF(?1, ''), 'main'))`
	mysqlColumns  = `SELECT column_name, column_type FROM information_schema.columns
WHERE table_schema = COALESCE(NULLIF(?, ''), DATABASE()) AND table_name = ?`
	postgresColumns = `SELECT a.attname::text, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
WHERE a.attrelid = to_regclass(CASE $1::text WHEN '' THEN '' ELSE quote_ident($1::text) || '.' END || quote_ident($2::text))
AND a.attnum > 0 AND NOT a.attisdropped`
)

// These say whether a column's type holds versions and compares them as numbers.
func sqliteVersion(kind string) bool { return strings.Contains(strings.ToUpper(kind), "INT") }

func mysqlVersion(kind string) bool {
	return strings.HasPrefix(kind, "bigint") && !strings.Contains(kind, "unsigned")
}

func postgresVersion(kind string) bool { return kind == "bigint" }

// These say whether a column's type holds true and false.
func sqliteDeleted(kind string) bool {
	return kind == "" || sqliteVersion(kind) || strings.Contains(strings.ToUpper(kind), "BOOL")
}

func mysqlDeleted(kind string) bool {
	base, _ := mysqlType(kind)
	return kind == "bit(1)" || slices.Contains(mysqlIntegers, base) // BOOLEAN is a tinyint
}

func postgresDeleted(kind string) bool { return kind == "boolean" }

// describe finds the types of a table's columns, by their names.
func (r *rules) describe(ctx context.Context, db *sql.DB, option, schema, table string) (map[string]string, error) {
	rows, err := db.QueryContext(ctx, r.columns, schema, table)
	if err != nil {
		return nil, fmt.Errorf("pbuf: pbufsql.New: asking %s for the columns of %s: %w", r.name, table, err)
	}
	defer rows.Close()
	kinds := make(map[string]string)
	for rows.Next() {
		var name, kind string
		if err := rows.Scan(&name, &kind); err != nil {
			return nil, fmt.Errorf("pbuf: pbufsql.New: %w", err)
		}
		kinds[name] = kind
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("pbuf: pbufsql.New: %w", err)
	}
	if len(kinds) == 0 {
		return nil, fmt.Errorf("%w: %s: there is no table %s", pbuf.ErrOptions, option, sink.Quote(r.quote, ".", schema, table))
	}
	return kinds, nil
}

// check compares the shape with the table.
func (w *writer) check(ctx context.Context, d Dialect) error {
	s := w.shape
	kinds, err := w.describe(ctx, w.db, "Config.Table", s.Schema, s.Table)
	if err != nil {
		return err
	}
	for _, c := range s.Columns {
		kind, ok := kinds[c.Name]
		switch {
		case !ok:
			return fmt.Errorf("%w: table %s has no column %q", pbuf.ErrOptions, s.Table, c.Name)
		case c.Role == sink.Version && !w.version(kind):
			return fmt.Errorf("%w: Config.Version: column %q is of type %s, must be an integer of 64 bits", pbuf.ErrOptions, c.Name, kind)
		case c.Role == sink.Deleted && !w.deleted(kind):
			return fmt.Errorf("%w: Config.Deleted: column %q is of type %s, must be a boolean", pbuf.ErrOptions, c.Name, kind)
		}
	}
	w.eraser(kinds)
	if s.Batches != "" {
		kinds, err := w.describe(ctx, w.db, "Config.Batches", s.Schema, s.Batches)
		if err != nil {
			return fmt.Errorf("%w; it is made by: %s", err, d.BatchesTable(s.Schema, s.Batches))
		}
		for _, name := range sink.MarkColumns {
			if _, ok := kinds[name]; !ok {
				return fmt.Errorf("%w: Config.Batches: table %s has no column %q", pbuf.ErrOptions, s.Batches, name)
			}
		}
	}
	if d == MySQL {
		return checkIndexes(ctx, w.db, s)
	}
	// The others say so themselves when they plan the statement.
	if _, err := w.db.ExecContext(ctx, "EXPLAIN "+w.upsert(1), make([]any, len(s.Columns))...); err != nil {
		switch {
		case strings.Contains(err.Error(), "ON CONFLICT"):
			return fmt.Errorf("%w: %w", noIndex(s, w.quote), err)
		case w.wrong(err):
			return fmt.Errorf("%w: table %s: %w", pbuf.ErrOptions, s.Table, err)
		}
		return fmt.Errorf("pbuf: pbufsql.New: table %s: %w", s.Table, err)
	}
	if d == PostgreSQL {
		return s.CheckDeferrable(func(late *int, query string, args ...any) error {
			if err := w.db.QueryRowContext(ctx, query, args...).Scan(late); err != nil {
				return fmt.Errorf("pbuf: pbufsql.New: %w", err)
			}
			return nil
		})
	}
	return nil
}
