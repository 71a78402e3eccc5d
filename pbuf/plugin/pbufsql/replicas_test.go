package pbufsql_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufsql"
)

const rounds = 40

// Two replicas write the same 500 keys, each batch in an order of its own.
func TestReplicasDoNotDeadlock(t *testing.T) {
	each(t, func(t *testing.T, d database) {
		d.readings(t)
		// The rows are there: InnoDB locks the gaps before new ones, which no order
		// prevents. The processor tries again then, as any other error would show.
		first := make([]entry, sinktest.Keys)
		for i := range first {
			first[i] = entry{Key: fmt.Sprint(i)}
		}
		processors := []pbuf.Processor[string, int]{
			d.processor(t, d.connect(""), sinktest.ByVersion()),
			d.processor(t, d.connect(""), sinktest.ByVersion()),
		}
		sinktest.Deliver(t, processors[0], first...)
		before := d.deadlocks(t)
		sinktest.Replicas(rounds, 0, func(replica int, batch []entry) bool {
			if err := processors[replica](t.Context(), batch); err != nil {
				t.Error(err)
			}
			return true
		})
		if n := d.deadlocks(t) - before; n > 0 && d.dialect == pbufsql.MySQL {
			t.Errorf("%d deadlocks", n)
		}
		d.want(t, `SELECT min(version), CASE WHEN count(*) = 500 THEN 'all' END FROM readings`, fmt.Sprint(rounds, " all"))
	})
}

// The order is all that it takes: the same two batches at the same moment, as
// they come and by the processor.
func TestUnsortedBatchesDeadlock(t *testing.T) {
	for _, sorted := range []bool{false, true} {
		t.Run(fmt.Sprintf("sorted=%t", sorted), func(t *testing.T) {
			d := shared(t, pbufsql.MySQL)
			d.readings(t)
			run(t, d.DB, `INSERT INTO readings VALUES ('a', 1, 1), ('b', 1, 1), ('c', 1, 1)`)
			write := d.multiRow
			if sorted {
				write = d.processor(t, d.DB, sinktest.ByVersion())
			}
			before := d.deadlocks(t)
			d.standoff(t, write)
			if n := d.deadlocks(t) - before; sorted != (n == 0) {
				t.Errorf("%d deadlocks", n)
			}
		})
	}
}

// standoff writes a, b, c and c, b, a, while a third transaction holds b until
// both wait.
func (d database) standoff(t *testing.T, write func(context.Context, []entry) error) {
	third, err := d.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer third.Rollback()
	if _, err := third.ExecContext(t.Context(), `UPDATE readings SET value = 2 WHERE id = 'b'`); err != nil {
		t.Fatal(err)
	}
	var both sync.WaitGroup
	defer both.Wait()
	for _, order := range []string{"abc", "cba"} {
		both.Go(func() {
			var batch []entry
			for _, key := range order {
				batch = append(batch, entry{Key: string(key), Version: 2})
			}
			_ = write(t.Context(), batch) // one of them is the victim
		})
	}
	for waiting := 0; waiting < 2; {
		err := d.QueryRowContext(t.Context(), `SELECT count FROM information_schema.innodb_metrics WHERE name = 'lock_row_lock_current_waits'`).Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := third.Commit(); err != nil {
		t.Fatal(err)
	}
}

// deadlocks asks MariaDB how many it has seen.
func (d database) deadlocks(tb testing.TB) (n int) {
	tb.Helper()
	if d.dialect != pbufsql.MySQL {
		return 0
	}
	if err := d.QueryRowContext(tb.Context(), `SELECT count FROM information_schema.innodb_metrics WHERE name = 'lock_deadlocks'`).Scan(&n); err != nil {
		tb.Fatal(err)
	}
	return n
}

// Serializable transactions that touch the same rows fail by design. The
// processor tries again at once; here each batch gets through in one call or
// comes back whole.
func TestSerializationFailuresAreTriedAgain(t *testing.T) {
	d := shared(t, pbufsql.PostgreSQL)
	d.readings(t)
	var processors []pbuf.Processor[string, int]
	for range 2 {
		processors = append(processors, d.processor(t, d.connect("", "default_transaction_isolation=serializable"), sinktest.ByVersion()))
	}
	sinktest.Replicas(rounds, 0, func(replica int, batch []entry) bool {
		for {
			err := processors[replica](t.Context(), batch)
			if err == nil {
				return true
			}
			if len(sinktest.Fates(err)) > 0 || !strings.Contains(err.Error(), "40001") {
				t.Errorf("not a serialization failure: %v", err)
				return false
			}
		}
	})
	d.want(t, `SELECT min(version), count(*) FROM readings`, fmt.Sprint(rounds, " ", sinktest.Keys))
}

// SQLite's partitions wait for the one that writes, and a batch that waited for
// too long comes again.
func TestSQLiteWritersTakeTurns(t *testing.T) {
	d := shared(t, pbufsql.SQLite)
	d.readings(t)
	impatient := d.connect("")
	impatient.SetMaxOpenConns(1)
	run(t, impatient, `PRAGMA busy_timeout = 1`)
	p := d.processor(t, impatient, sinktest.ByVersion())
	tx, err := d.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(t.Context(), `INSERT INTO readings VALUES ('theirs', 1, 1)`); err != nil {
		t.Fatal(err)
	}
	batch := []entry{{Key: "a", Value: 1, Version: 1}, {Key: "b", Value: 1, Version: 1}}
	if err := p(t.Context(), slices.Clone(batch)); err == nil || len(sinktest.Fates(err)) > 0 || !strings.Contains(err.Error(), "SQLITE_BUSY") {
		t.Errorf("error %v, want SQLITE_BUSY for the batch", err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	sinktest.Deliver(t, p, batch...)
	d.want(t, allReadings, "a 1 1", "b 1 1", "theirs 1 1")
}
