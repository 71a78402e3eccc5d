package pbufpgx_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
)

const (
	rounds     = 60
	tombstones = 25 // of 500
	deadlock   = "40P01"
)

// Two replicas write the same 500 keys, each batch in an order of its own, with
// some tombstones.
func TestReplicasDoNotDeadlock(t *testing.T) {
	d := shared(t, readings)
	processors := []pbuf.Processor[string, int]{
		processor(t, d.connect(t, d.Config().ConnString()), sinktest.ByVersion()),
		processor(t, d.connect(t, d.Config().ConnString()), sinktest.ByVersion()),
	}
	sinktest.Replicas(rounds, tombstones, func(replica int, batch []entry) bool {
		if err := processors[replica](t.Context(), batch); err != nil {
			t.Error(err)
		}
		return true
	})
	// The processor tries again after a deadlock, so no error is not enough.
	if n := d.codes.of(deadlock); n > 0 {
		t.Errorf("%d deadlocks", n)
	}
	d.want(t, `SELECT min(version), count(*) > 400 FROM readings`, fmt.Sprint(rounds, " true"))
}

// The order is all that it takes: the same two batches at the same moment, as
// they come and by the processor.
func TestUnsortedBatchesDeadlock(t *testing.T) {
	for _, sorted := range []bool{false, true} {
		t.Run(fmt.Sprintf("sorted=%t", sorted), func(t *testing.T) {
			d := shared(t, readings, `INSERT INTO readings VALUES ('a', 1, 1), ('b', 1, 1), ('c', 1, 1)`)
			write := d.unsorted
			if sorted {
				write = processor(t, d.Pool, sinktest.ByVersion())
			}
			d.standoff(t, write)
			if n := d.codes.of(deadlock); sorted != (n == 0) {
				t.Errorf("%d deadlocks", n)
			}
		})
	}
}

// standoff writes a, b, c and c, b, a, while a third transaction holds b until
// both wait.
func (d database) standoff(t *testing.T, write func(context.Context, []entry) error) {
	third, err := d.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer third.Rollback(context.Background())
	if _, err := third.Exec(t.Context(), `UPDATE readings SET value = 2 WHERE id = 'b'`); err != nil {
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
		err := d.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%readings%'`).Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := third.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (d database) unsorted(ctx context.Context, batch []entry) error {
	var key []string
	var value, version []int
	for _, e := range batch {
		key, value, version = append(key, e.Key), append(value, e.Value), append(version, int(e.Version))
	}
	_, err := d.Exec(ctx, byHandSQL, key, value, version)
	return err
}
