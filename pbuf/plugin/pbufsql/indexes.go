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

// What new rows get in a column that is not written: unlike is 1 if no other row has
// that (NULL, or made to be unique). MariaDB writes the default NULL as a word, MySQL so
// writes the text. A part that is an expression has no column.
const mysqlIndexes = `SELECT s.index_name, COALESCE(s.column_name, ''), COALESCE(s.sub_part, 0),
	CASE WHEN c.extra LIKE '%auto_increment%' OR c.column_default IN ('uuid()', '(uuid())', 'uuid_to_bin(uuid())', '(uuid_to_bin(uuid()))') AND s.sub_part IS NULL THEN 1
	WHEN c.is_nullable = 'YES' AND c.extra NOT LIKE '%GENERATED%'
		AND (c.column_default IS NULL OR c.column_default = 'NULL' AND VERSION() LIKE '%MariaDB%') THEN 1
	ELSE 0 END AS unlike
FROM information_schema.statistics s LEFT JOIN information_schema.columns c
ON c.table_schema = s.table_schema AND c.table_name = s.table_name AND c.column_name = s.column_name
WHERE s.table_schema = COALESCE(NULLIF(?, ''), DATABASE()) AND s.table_name = ? AND s.non_unique = 0
ORDER BY s.index_name, s.seq_in_index`

// index is a unique one.
type index struct {
	name   string
	parts  []string // as in CREATE TABLE; what is no whole column is like no name
	unlike bool     // no new row is like another, whatever is written
}

// checkIndexes looks for what no statement would reveal: without a unique index on
// the key every write would insert a row, and with another one it could overwrite
// the row of another key.
func checkIndexes(ctx context.Context, db *sql.DB, s *sink.Shape) error {
	indexes, err := uniqueIndexes(ctx, db, s)
	if err != nil {
		return fmt.Errorf("pbuf: pbufsql.New: asking MySQL for the indexes of %s: %w", s.Table, err)
	}
	hasKey := false
	for _, one := range indexes {
		switch {
		case sameColumns(one.parts, s.KeyNames()):
			hasKey = true
		case !one.unlike:
			return fmt.Errorf("%w: Config.Table: %s has another unique index, %s (%s): MySQL would update the row that it finds there, whatever its key",
				pbuf.ErrOptions, s.Table, one.name, strings.Join(one.parts, ", "))
		}
	}
	if !hasKey {
		return noIndex(s, "`")
	}
	return nil
}

func uniqueIndexes(ctx context.Context, db *sql.DB, s *sink.Shape) (all []index, err error) {
	found, err := db.QueryContext(ctx, mysqlIndexes, s.Schema, s.Table)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	for found.Next() {
		var name, column string
		var prefix int
		var unlike bool
		if err := found.Scan(&name, &column, &prefix, &unlike); err != nil {
			return nil, err
		}
		if len(all) == 0 || all[len(all)-1].name != name {
			all = append(all, index{name: name})
		}
		one := &all[len(all)-1]
		part := column
		switch {
		case column == "":
			part = "(an expression)"
		case prefix > 0:
			part = fmt.Sprintf("%s(%d)", column, prefix)
		}
		one.parts = append(one.parts, part)
		one.unlike = one.unlike || unlike && !contains(s.Names(), column)
	}
	return all, found.Err()
}

func noIndex(s *sink.Shape, q string) error {
	return fmt.Errorf("%w: Config.Key: table %s has no unique index on exactly (%s)",
		pbuf.ErrOptions, s.Table, sink.Quote(q, ", ", s.KeyNames()...))
}

// sameColumns compares regardless of order and case.
func sameColumns(a, b []string) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(name string) bool { return !contains(b, name) })
}

func contains(names []string, name string) bool {
	return slices.ContainsFunc(names, func(other string) bool { return strings.EqualFold(name, other) })
}
