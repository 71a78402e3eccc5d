package pbufpgx_test

import (
	"math"
	"net"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufpgx"
)

var modes = []pgx.QueryExecMode{
	pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeDescribeExec,
	pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol,
}

// inMode is a pool like the database's in a mode, as poolers need it.
func (d database) inMode(tb testing.TB, mode pgx.QueryExecMode) *pgxpool.Pool {
	tb.Helper()
	c := d.Config()
	c.ConnConfig.DefaultQueryExecMode = mode
	pool, err := pgxpool.NewWithConfig(tb.Context(), c)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(pool.Close)
	return pool
}

func TestEachModeOfExecution(t *testing.T) {
	for _, mode := range modes {
		t.Run(mode.String(), func(t *testing.T) {
			d := shared(t, readings)
			p := processor(t, d.inMode(t, mode), sinktest.ByVersion())
			sinktest.Deliver(t, p, entry{Key: `a'"\,{}`, Value: 1, Version: 1}, entry{Key: "gone", Version: 1})
			sinktest.Deliver(t, p, entry{Key: "b", Value: 2, Version: 2}, entry{Key: "gone", Version: 2, Deleted: true})
			sinktest.WantFates(t, p(t.Context(), []entry{
				{Key: "c", Value: 3, Version: 3}, {Key: "check", Value: 1000}, {Key: "large", Value: math.MaxInt}, {Key: "b", Version: 3, Deleted: true}, {Key: "z\x00"},
			}), "check†", "large†", "z\x00†")
			d.want(t, allReadings, `a'"\,{} 1 1`, "c 3 3")
		})
	}
}

func TestBatchesInEachModeOfExecution(t *testing.T) {
	for _, mode := range modes {
		t.Run(mode.String(), func(t *testing.T) {
			d := shared(t, oneRow["table"].table, pbufpgx.BatchesTable("", "pbuf_batches"))
			c := sinktest.Sums()
			c.Batches = "pbuf_batches"
			sinktest.Twins(t, processor(t, d.inMode(t, mode), c))
			d.want(t, `SELECT value FROM readings ORDER BY id`, sinktest.TwinsWant...)
		})
	}
}

// What was sent as text is not blamed for a connection that is lost.
func TestLostReplyBlamesNoRow(t *testing.T) {
	d, _, proxy := viaProxy(t, "page 1", sinktest.Sums())
	_, port, _ := net.SplitHostPort(proxy.Addr)
	p := processor(t, d.connect(t, d.Config().ConnString()+"&default_query_exec_mode=exec", "port="+port), sinktest.Sums())
	proxy.LoseReplies(1)
	if err := p(t.Context(), []entry{{Key: "page 1", Value: 1}}); err == nil || len(sinktest.Fates(err)) > 0 {
		t.Errorf("error %v, want one that names no row", err)
	}
}
