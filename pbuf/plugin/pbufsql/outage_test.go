package pbufsql_test

import (
	"context"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/testdb"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufsql"
)

func TestMariaDBKilledInTheMiddle(t *testing.T) {
	server := testdb.NewMySQL(t)
	testKilled(t, server, openMySQL(t, server.DSN))
}

func TestPostgreSQLKilledInTheMiddle(t *testing.T) {
	server := testdb.NewPostgres(t)
	testKilled(t, server, openPostgres(t, server.DSN))
}

// A server that is killed and comes back while writers go on: every key ends
// with its newest version, and nothing is given up.
func testKilled(t *testing.T, server *testdb.Server, d database) {
	d.readings(t)
	d.want(t, sinktest.ByWriter, sinktest.Outage(t, server, d.processor(t, d.DB, sinktest.ByVersion()))...)
}

// A context that ends ends the statement that waits for a lock, and no row is to
// blame.
func TestContextIsHonouredInTheStatement(t *testing.T) {
	each(t, func(t *testing.T, d database) {
		d.readings(t)
		db := d.connect("")
		if d.dialect == pbufsql.SQLite { // whose wait for a lock no driver interrupts
			db.SetMaxOpenConns(1)
			run(t, db, `PRAGMA busy_timeout = 100`)
		}
		p := d.processor(t, db, sinktest.ByVersion())
		sinktest.Deliver(t, p, entry{Key: "a", Value: 1, Version: 1})
		tx, err := d.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback()
		if _, err := tx.ExecContext(t.Context(), `UPDATE readings SET value = 7`); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		err = p(ctx, []entry{{Key: "a", Value: 2, Version: 2}, {Key: "b", Value: 3, Version: 1, Deleted: true}})
		if err == nil || ctx.Err() == nil || len(sinktest.Fates(err)) > 0 {
			t.Errorf("error %v, want the context's", err)
		}
	})
}
