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

// onDuplicateKey ends an INSERT. There is no WHERE, so each column looks at the
// version for itself; assignments are made from left to right and see those
// before them, hence the version, and before it the mark, come last. VALUES() is
// deprecated in MySQL, but MariaDB has nothing else.
func onDuplicateKey(s *sink.Shape) string {
	quote := func(name string) string { return sink.Quote("`", "", name) }
	given := func(name string) string { return "VALUES(" + quote(name) + ")" }
	newer := ""
	if version, ok := s.Has(sink.Version); ok {
		newer = fmt.Sprintf("(%s >= %s) IS NOT TRUE", quote(version), given(version))
	}
	mark, marks := s.Has(sink.Deleted)
	var set []string
	for _, c := range s.Columns[s.Keys:] {
		value := given(c.Name)
		if c.Role == sink.Sum {
			value = quote(c.Name) + " + " + value
			if marks {
				value = fmt.Sprintf("IF(%s OR %s, %s, %s)", quote(mark), given(mark), given(c.Name), value)
			}
		}
		if newer != "" {
			value = fmt.Sprintf("IF(%s, %s, %s)", newer, value, quote(c.Name))
		}
		set = append(set, quote(c.Name)+" = "+value)
	}
	if len(set) == 0 {
		key := quote(s.Columns[0].Name)
		set = append(set, key+" = "+key)
	}
	return " ON DUPLICATE KEY UPDATE " + strings.Join(set, ", ")
}

const mysqlIndexes = `SELECT index_name, column_name FROM information_schema.statistics
WHERE table_schema = COALESCE(NULLIF(?, ''), DATABASE()) AND table_name = ? AND non_unique = 0 AND column_name IS NOT NULL
ORDER BY index_name, seq_in_index`

// checkIndexes looks for what no statement would reveal: without a unique index on
// the key every write would insert a row, and with another one on what is written
// it could overwrite the row of another key.
func checkIndexes(ctx context.Context, db *sql.DB, s *sink.Shape) error {
	found, err := db.QueryContext(ctx, mysqlIndexes, s.Schema, s.Table)
	if err != nil {
		return fmt.Errorf("pbuf: pbufsql.New: %w", err)
	}
	defer found.Close()
	indexes := make(map[string][]string)
	for found.Next() {
		var index, column string
		if err := found.Scan(&index, &column); err != nil {
			return fmt.Errorf("pbuf: pbufsql.New: %w", err)
		}
		indexes[index] = append(indexes[index], column)
	}
	if err := found.Err(); err != nil {
		return fmt.Errorf("pbuf: pbufsql.New: %w", err)
	}
	hasKey := false
	for index, columns := range indexes {
		switch {
		case sameColumns(columns, s.KeyNames()):
			hasKey = true
		case slices.ContainsFunc(columns, func(name string) bool { return contains(s.Names(), name) }):
			return fmt.Errorf("%w: Config.Table: %s has another unique index, %s (%s): MySQL would update the row that it finds there, whatever its key",
				pbuf.ErrOptions, s.Table, index, strings.Join(columns, ", "))
		}
	}
	if !hasKey {
		return noIndex(s, "`")
	}
	return nil
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
