package pbufsql_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// The table is the log by newest version, whatever way the log took: two buffers
// with a share of it each, in any order, repeated deliveries, and rows that the
// database refuses.
func TestTableEqualsLogByNewestVersion(t *testing.T) {
	each(t, func(t *testing.T, d database) {
		seed := rand.Uint64()
		r := rand.New(rand.NewPCG(seed, 0))
		t.Logf("seed %d", seed)
		run(t, d.DB, `CREATE TABLE readings (id VARCHAR(40) PRIMARY KEY, value INTEGER CHECK (value < 1000), version BIGINT, gone BOOLEAN)`)
		c := byVersion()
		c.Deleted = "gone"
		p := d.processor(t, d.DB, c)
		var calm atomic.Bool
		lossy := func(ctx context.Context, batch []entry) error {
			if err := p(ctx, batch); err != nil {
				return err
			}
			if rand.N(4) == 0 && !calm.Load() {
				return errors.New("written, but nobody knows")
			}
			return nil
		}
		var replicas [2]*pbuf.Map[string, int]
		for i := range replicas {
			var err error
			replicas[i], err = pbuf.New(pbuf.Options[string, int]{
				Processor: lossy, FlushInterval: time.Millisecond, BatchSize: 7, Tombstones: true,
				Retry: pbuf.Retry{InitialBackoff: time.Millisecond, MaxBackoff: 5 * time.Millisecond},
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		table := make(map[string]entry)
		for _, version := range r.Perm(3000) {
			e := entry{Key: fmt.Sprintf("k%02d", r.IntN(60)), Value: r.IntN(1000), Version: int64(version + 1), Deleted: r.IntN(10) == 0}
			m := replicas[r.IntN(2)]
			write := m.PutNewer
			switch {
			case r.IntN(50) == 0: // given up, so it is not in the table
				e.Key, e.Value, e.Deleted = fmt.Sprint("bad", version), 1000, false
			case e.Deleted:
				e.Value = 0
				write = func(key string, _ int, version int64) (bool, error) { return m.DeleteNewer(key, version) }
			}
			if _, err := write(e.Key, e.Value, e.Version); err != nil {
				t.Fatal(err)
			}
			if e.Version > table[e.Key].Version && e.Key[0] == 'k' {
				table[e.Key] = e
			}
		}
		calm.Store(true)
		for _, m := range replicas {
			for m.Flush(t.Context()) != nil || m.Size() > 0 { // what failed before is tried again, or given up
			}
			if err := m.Close(); err != nil {
				t.Fatal(err)
			}
		}
		var want []string
		for _, e := range table {
			here := "here"
			if e.Deleted {
				here = "gone"
			}
			want = append(want, fmt.Sprint(e.Key, " ", e.Value, " ", e.Version, " ", here))
		}
		slices.SortFunc(want, strings.Compare)
		d.want(t, `SELECT id, value, version, CASE WHEN gone THEN 'gone' ELSE 'here' END FROM readings ORDER BY id`, want...)
	})
}
