package pbufpgx_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
)

// Rows per second: the processor, the same written by hand for this one table,
// and the way that lost, COPY into a temporary table and INSERT from there. Each
// batch updates all its rows.
func BenchmarkWrite(b *testing.B) {
	for _, n := range []int{1, 16, 512, 4096, 16384} {
		for _, one := range []struct {
			name string
			with func(testing.TB, database) pbuf.Processor[string, int]
		}{
			{"pbufpgx", func(tb testing.TB, d database) pbuf.Processor[string, int] {
				return processor(tb, d.Pool, sinktest.ByVersion())
			}},
			{"byhand", func(_ testing.TB, d database) pbuf.Processor[string, int] { return d.byHand }},
			{"copy", func(_ testing.TB, d database) pbuf.Processor[string, int] { return d.copy }},
		} {
			b.Run(fmt.Sprintf("rows=%d/%s", n, one.name), func(b *testing.B) {
				d := shared(b, readings)
				process := one.with(b, d)
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

const byHandSQL = `INSERT INTO readings AS old (id, value, version) SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[])
ON CONFLICT (id) DO UPDATE SET value = excluded.value, version = excluded.version WHERE excluded.version > old.version`

func (d database) byHand(ctx context.Context, batch []entry) error {
	slices.SortFunc(batch, func(a, b entry) int { return strings.Compare(a.Key, b.Key) })
	id, value, version := make([]string, len(batch)), make([]int, len(batch)), make([]int64, len(batch))
	for i, e := range batch {
		id[i], value[i], version[i] = e.Key, e.Value, e.Version
	}
	_, err := d.Exec(ctx, byHandSQL, id, value, version)
	return err
}

func (d database) copy(ctx context.Context, batch []entry) error {
	slices.SortFunc(batch, func(a, b entry) int { return strings.Compare(a.Key, b.Key) })
	return pgx.BeginFunc(ctx, d.Pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `CREATE TEMPORARY TABLE IF NOT EXISTS fresh (id text, value int, version bigint) ON COMMIT DELETE ROWS`); err != nil {
			return err
		}
		_, err := tx.CopyFrom(ctx, pgx.Identifier{"fresh"}, []string{"id", "value", "version"},
			pgx.CopyFromSlice(len(batch), func(i int) ([]any, error) {
				return []any{batch[i].Key, batch[i].Value, batch[i].Version}, nil
			}))
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO readings AS old SELECT * FROM fresh
ON CONFLICT (id) DO UPDATE SET value = excluded.value, version = excluded.version WHERE excluded.version > old.version`)
		return err
	})
}
