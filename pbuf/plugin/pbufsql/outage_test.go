package pbufsql_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
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
	failed := make(chan struct{})
	once := sync.OnceFunc(func() { close(failed) })
	p := d.processor(t, d.DB, byVersion())
	buf, err := pbuf.New(pbuf.Options[string, int]{
		Processor: func(ctx context.Context, batch []entry) error {
			err := p(ctx, batch)
			if err != nil {
				once()
			}
			if len(fates(err)) > 0 {
				t.Errorf("rows are to blame: %v", err)
			}
			return err
		},
		FlushInterval: 5 * time.Millisecond,
		Retry:         pbuf.Retry{InitialBackoff: 10 * time.Millisecond, MaxBackoff: 50 * time.Millisecond},
	})
	if err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	last := make([]int64, 4)
	var writers sync.WaitGroup
	for w := range last {
		writers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				last[w]++
				for k := range 50 {
					if _, err := buf.PutNewer(fmt.Sprintf("%d-%d", w, k), w, last[w]); err != nil {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	server.Kill(t)
	<-failed
	server.Restart(t)
	close(stop)
	writers.Wait()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		if err = buf.Flush(ctx); err == nil || ctx.Err() != nil {
			break
		}
	}
	if err := errors.Join(err, buf.Stop(ctx)); err != nil {
		t.Fatal(err)
	}
	var want []string
	for w, version := range last {
		want = append(want, fmt.Sprintf("%d 50 %d %d", w, version, version))
	}
	d.want(t, `SELECT value, count(*), min(version), max(version) FROM readings GROUP BY value ORDER BY value`, want...)
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
		p := d.processor(t, db, byVersion())
		deliver(t, p, entry{Key: "a", Value: 1, Version: 1})
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
		if err == nil || ctx.Err() == nil || len(fates(err)) > 0 {
			t.Errorf("error %v, want the context's", err)
		}
	})
}
