package pbufpgx_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/testdb"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufpgx"
)

// viaProxy is a sum per key in a table, written through a proxy that can lose the
// replies to batches of the buffer of that name.
func viaProxy(t *testing.T, name string, c config) (d database, p pbuf.Processor[string, int], proxy *testdb.Proxy) {
	t.Helper()
	d = shared(t, counters, pbufpgx.BatchesTable("", "pbuf_batches"))
	server := d.Config().ConnConfig
	if server.TLSConfig != nil {
		t.Skip("connections are encrypted: a lost reply was not tested")
	}
	proxy = testdb.NewProxy(t, net.JoinHostPort(server.Host, fmt.Sprint(server.Port)), name)
	_, port, _ := net.SplitHostPort(proxy.Addr)
	return d, processor(t, d.connect(t, d.Config().ConnString(), "port="+port), c), proxy
}

// Sums are exact although replies to commits are lost, keys are deleted in
// between, and a restart begins with another incarnation.
func TestSumsAreExactWhenRepliesAreLost(t *testing.T) {
	c := sinktest.Sums()
	c.Batches = "pbuf_batches"
	d, p, proxy := viaProxy(t, "page views", c)
	total := make(sinktest.Views)
	for range 2 {
		m := sinktest.Merging(t, "page views", p)
		for range 30 {
			total.Add(t, m)
			proxy.LoseReplies(rand.N(4))
			sinktest.Flush(t, m)
		}
		proxy.LoseReplies(0)
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
	}
	d.want(t, `SELECT count(*), sum(value) FROM readings`, total.CountAndSum())
	if proxy.Lost() < 20 {
		t.Errorf("%d replies were lost: too few to tell", proxy.Lost())
	}
	d.want(t, `SELECT count(DISTINCT incarnation), count(*) <= 2 * 64 FROM pbuf_batches`, "2 true")
}

// Without the table of batches the same counts twice: that is what it is for.
func TestSumsAreWrongWithoutBatches(t *testing.T) {
	d, p, proxy := viaProxy(t, "page 1", sinktest.Sums())
	m := sinktest.Merging(t, "", p)
	if err := m.Put("page 1", 1); err != nil {
		t.Fatal(err)
	}
	proxy.LoseReplies(1)
	sinktest.Flush(t, m)
	d.want(t, `SELECT id, value FROM readings`, "page 1 2")
}

// A refused row is given up and the others are written once.
func TestRefusedRowOfABatchThatIsAppliedOnce(t *testing.T) {
	c := sinktest.Sums()
	c.Batches = "pbuf_batches"
	d, p, proxy := viaProxy(t, "refused", c)
	m := sinktest.Merging(t, "refused", p)
	for i := range 100 {
		if err := m.Put(fmt.Sprintf("page %d", i), 1); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Put("pa\x00ge", 1); err != nil {
		t.Fatal(err)
	}
	proxy.LoseReplies(3)
	sinktest.Flush(t, m)
	d.want(t, `SELECT count(*), sum(value) FROM readings`, "100 100")
	if s := m.Stats(); s.Dropped != 1 {
		t.Errorf("%d dropped, want the refused one", s.Dropped)
	}
}

func TestBatchesNeedAnIdentity(t *testing.T) {
	c := sinktest.Sums()
	c.Batches = "pbuf_batches"
	d := shared(t, counters, pbufpgx.BatchesTable("", "pbuf_batches"))
	err := processor(t, d.Pool, c)(t.Context(), []entry{{Key: "a", Value: 1}})
	if err == nil || !strings.Contains(err.Error(), "Config.Batches") || errors.As(err, new(*pbuf.PermanentError)) {
		t.Errorf("error %v, want one about Config.Batches that gives nothing up", err)
	}
}

// A name that the table of batches does not take is no row's fault.
func TestNameThatIsRefused(t *testing.T) {
	c := sinktest.Sums()
	c.Batches = "pbuf_batches"
	d := shared(t, counters, pbufpgx.BatchesTable("", "pbuf_batches"))
	m := sinktest.Merging(t, "page\x00views", processor(t, d.Pool, c))
	if err := m.Put("a", 1); err != nil {
		t.Fatal(err)
	}
	var server *pgconn.PgError
	if err := m.Flush(t.Context()); !errors.As(err, &server) || m.Stats().Dropped != 0 {
		t.Errorf("error %v, %d dropped", err, m.Stats().Dropped)
	}
	_ = m.Close()
}
