package pbufsql_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufsql"
)

// Rows per second: the processor, and the same written by hand for this one
// table: a prepared statement per row in a transaction for SQLite, one statement
// of many rows for the others. Each batch updates all its rows.
func BenchmarkWrite(b *testing.B) {
	for _, dialect := range []pbufsql.Dialect{pbufsql.SQLite, pbufsql.MySQL, pbufsql.PostgreSQL} {
		for _, n := range []int{1, 16, 512} {
			for _, one := range []string{"pbufsql", "byhand"} {
				b.Run(fmt.Sprintf("%s/rows=%d/%s", dialect, n, one), func(b *testing.B) {
					d := shared(b, dialect)
					d.readings(b)
					process := d.processor(b, d.DB, sinktest.ByVersion())
					switch {
					case one == "byhand" && dialect == pbufsql.SQLite:
						process = d.rowByRow
					case one == "byhand":
						process = d.byHand
					}
					batch := make([]entry, n)
					for i := range batch {
						batch[i] = entry{Key: fmt.Sprintf("sensor-%d", i*7919%n), Value: i % 1000}
					}
					version := int64(0)
					for b.Loop() {
						version++
						for i := range batch {
							batch[i].Version = version
						}
						if err := process(b.Context(), slices.Clone(batch)); err != nil { // a buffer's batches come unsorted
							b.Fatal(err)
						}
					}
					b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
				})
			}
		}
	}
}

func sorted(batch []entry) []entry {
	slices.SortFunc(batch, func(a, b entry) int { return strings.Compare(a.Key, b.Key) })
	return batch
}

func (d database) rowByRow(ctx context.Context, batch []entry) error {
	tx, err := d.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	insert, err := tx.PrepareContext(ctx, `INSERT INTO readings AS old (id, value, version) VALUES (?, ?, ?)
ON CONFLICT (id) DO UPDATE SET value = excluded.value, version = excluded.version WHERE excluded.version > old.version`)
	if err != nil {
		return err
	}
	defer insert.Close()
	for _, e := range sorted(batch) {
		if _, err := insert.ExecContext(ctx, e.Key, e.Value, e.Version); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func (d database) byHand(ctx context.Context, batch []entry) error {
	return d.multiRow(ctx, sorted(batch))
}

func (d database) multiRow(ctx context.Context, batch []entry) error {
	var query strings.Builder
	query.WriteString(map[pbufsql.Dialect]string{
		pbufsql.MySQL:      `INSERT INTO readings (id, value, version) VALUES `,
		pbufsql.PostgreSQL: `INSERT INTO readings AS old (id, value, version) VALUES `,
	}[d.dialect])
	args := make([]any, 0, 3*len(batch))
	for i, e := range batch {
		switch {
		case d.dialect == pbufsql.MySQL:
			query.WriteString("(?,?,?)")
		default:
			fmt.Fprintf(&query, "($%d,$%d,$%d)", 3*i+1, 3*i+2, 3*i+3)
		}
		if i < len(batch)-1 {
			query.WriteByte(',')
		}
		args = append(args, e.Key, e.Value, e.Version)
	}
	query.WriteString(map[pbufsql.Dialect]string{
		pbufsql.MySQL: ` ON DUPLICATE KEY UPDATE value = IF(VALUES(version) > version, VALUES(value), value), version = GREATEST(version, VALUES(version))`,
		pbufsql.PostgreSQL: ` ON CONFLICT (id) DO UPDATE SET value = excluded.value, version = excluded.version
WHERE excluded.version > old.version`,
	}[d.dialect])
	_, err := d.ExecContext(ctx, query.String(), args...)
	return err
}
