package pbufsql_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/testdb"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufsql"
)

func (d database) batches(tb testing.TB) config {
	run(tb, d.DB, counters, d.dialect.BatchesTable("", "pbuf_batches"))
	c := sinktest.Sums()
	c.Batches = "pbuf_batches"
	return c
}

// Sums are exact although replies to commits are lost, keys are deleted in
// between, and a restart begins with another incarnation.
func TestSumsAreExactWhenRepliesAreLost(t *testing.T) {
	each(t, func(t *testing.T, d database) {
		c := d.batches(t)
		db := d.connect("")
		lose := func() {}
		enough := func() bool { return true }
		if d.dialect != pbufsql.SQLite {
			trigger := map[pbufsql.Dialect]string{pbufsql.MySQL: "COMMIT", pbufsql.PostgreSQL: "commit"}[d.dialect]
			proxy := testdb.NewProxy(t, d.address, trigger)
			db = d.connect(proxy.Addr)
			lose = func() { proxy.LoseReplies(rand.N(4)) }
			enough = func() bool { proxy.LoseReplies(0); return proxy.Lost() >= 10 }
		}
		p := d.processor(t, db, c)
		if d.dialect == pbufsql.SQLite { // there is no reply to lose, but a process can be that forgetful
			inner := p
			p = func(ctx context.Context, batch []entry) error {
				if err := inner(ctx, batch); err != nil {
					return err
				}
				if rand.N(3) == 0 {
					return errors.New("committed, but nobody knows")
				}
				return nil
			}
		}
		total := make(sinktest.Views)
		for range 2 {
			m := sinktest.Merging(t, "page views", p)
			for range 15 {
				total.Add(t, m)
				lose()
				sinktest.Flush(t, m)
			}
			if err := m.Close(); err != nil {
				t.Fatal(err)
			}
		}
		d.want(t, `SELECT count(*), sum(value) FROM readings`, total.CountAndSum())
		if !enough() {
			t.Error("too few replies were lost to tell")
		}
		d.want(t, `SELECT count(DISTINCT incarnation) FROM pbuf_batches`, "2")
	})
}

// A refused row is given up and the others are written once.
func TestRefusedRowOfABatchThatIsAppliedOnce(t *testing.T) {
	each(t, func(t *testing.T, d database) {
		run(t, d.DB, `CREATE TABLE readings (id VARCHAR(40) PRIMARY KEY, value INTEGER CHECK (value < 1000))`, d.dialect.BatchesTable("", "pbuf_batches"))
		c := sinktest.Sums()
		c.Batches = "pbuf_batches"
		m := sinktest.Merging(t, "page views", d.processor(t, d.DB, c))
		for i := range 100 {
			value := 1
			if i == 40 {
				value = 1000
			}
			if err := m.Put(fmt.Sprintf("page %d", i), value); err != nil {
				t.Fatal(err)
			}
		}
		sinktest.Flush(t, m)
		d.want(t, `SELECT count(*), sum(value) FROM readings`, "99 99")
		if s := m.Stats(); s.Dropped != 1 {
			t.Errorf("%d dropped, want the refused one", s.Dropped)
		}
	})
}
