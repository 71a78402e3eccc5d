package pbufpgx_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/testdb"
)

// A server that is killed and comes back while writers go on: every key ends
// with its newest version, and nothing is given up.
func TestServerKilledInTheMiddle(t *testing.T) {
	server := testdb.NewPostgres(t)
	d := open(t, server.DSN, readings)
	d.want(t, sinktest.ByWriter, sinktest.Outage(t, server, processor(t, d.Pool, sinktest.ByVersion()))...)
}

// A context that ends ends the statement that waits for a lock, and the row is
// not to blame.
func TestContextIsHonouredInTheStatement(t *testing.T) {
	d := shared(t, readings)
	p := processor(t, d.Pool, sinktest.ByVersion())
	sinktest.Deliver(t, p, entry{Key: "a", Value: 1, Version: 1})
	tx, err := d.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.Background())
	if _, err := tx.Exec(t.Context(), `UPDATE readings SET value = 7`); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err = p(ctx, []entry{{Key: "a", Value: 2, Version: 2}, {Key: "b", Value: 3, Version: 1}})
	if !errors.Is(err, context.DeadlineExceeded) || len(sinktest.Fates(err)) > 0 {
		t.Errorf("error %v, want the context's", err)
	}
}
