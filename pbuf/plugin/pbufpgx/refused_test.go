package pbufpgx_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
)

// The poison row of this database: a zero byte in a text.
func TestRefusedRowIsFoundAndTheRestWritten(t *testing.T) {
	d := shared(t, readings)
	p := processor(t, d.Pool, sinktest.ByVersion())
	var batch []entry
	for i := range 100 {
		batch = append(batch, entry{Key: fmt.Sprintf("%03d", i), Value: i, Version: 1})
	}
	batch[17].Key = "poi\x00son"
	batch[40].Value = 1000 // refused by the check
	batch[99].Value = math.MaxInt
	batch = append(batch, entry{Key: "gone", Version: 1, Deleted: true}, entry{Key: "go\x00ne", Version: 1, Deleted: true})
	before := slices.Clone(batch)
	sinktest.WantFates(t, p(t.Context(), batch), "040†", "099†", "go\x00ne†", "poi\x00son†")
	d.want(t, `SELECT count(*) FROM readings`, "97")
	if !slices.Equal(batch, before) {
		t.Error("the batch was changed")
	}
}

func TestRefusedRowAlone(t *testing.T) {
	d := shared(t, readings)
	p := processor(t, d.Pool, sinktest.ByVersion())
	err := p(t.Context(), []entry{{Key: "a", Value: 1000, Version: 1}})
	sinktest.WantFates(t, err, "a†")
	var server *pgconn.PgError
	if !errors.As(err, &server) || server.Code != "23514" {
		t.Errorf("error %v does not wrap the server's", err)
	}
	sinktest.WantFates(t, p(t.Context(), []entry{{Key: "a", Value: math.MaxInt, Version: 1}}), "a†")
}

// What other rows may mend is found as well, and not given up.
func TestRowInConflictIsRetried(t *testing.T) {
	d := shared(t, `CREATE TABLE places (id int PRIMARY KEY)`, `INSERT INTO places VALUES (1), (2)`,
		`CREATE TABLE readings (id text PRIMARY KEY, value int REFERENCES places DEFERRABLE INITIALLY DEFERRED, version bigint)`)
	p := processor(t, d.Pool, sinktest.ByVersion())
	batch := []entry{{Key: "a", Value: 1, Version: 1}, {Key: "b", Value: 3, Version: 1}, {Key: "c", Value: 2, Version: 1}}
	sinktest.WantFates(t, p(t.Context(), batch), "b")
	d.want(t, allReadings, "a 1 1", "c 2 1")
}

// Nothing is given up for what is no row's fault.
func TestWhatIsNoRowsFaultFailsTheBatch(t *testing.T) {
	d := shared(t, readings)
	p := processor(t, d.Pool, sinktest.ByVersion())
	if _, err := d.Exec(t.Context(), `ALTER TABLE readings RENAME TO others`); err != nil {
		t.Fatal(err)
	}
	batch := []entry{{Key: "a", Value: 1, Version: 1}, {Key: "b", Value: 3, Version: 1, Deleted: true}}
	if err := p(t.Context(), batch); err == nil || len(sinktest.Fates(err)) > 0 {
		t.Errorf("error %v, want one that names no row", err)
	}
	if _, err := d.Exec(t.Context(), `ALTER TABLE others RENAME TO readings`); err != nil {
		t.Fatal(err)
	}
	sinktest.Deliver(t, p, batch...)
	d.want(t, allReadings, "a 1 1")
}

// The pool's connections survive what the server refuses.
func TestRefusedRowsCostNoConnections(t *testing.T) {
	d := shared(t, readings)
	p := processor(t, d.Pool, sinktest.ByVersion())
	before := d.Stat().NewConnsCount()
	batch := []entry{{Key: "a\x00", Version: 2, Deleted: true}, {Key: "b", Value: 1000, Version: 1}, {Key: "c", Value: 1, Version: 1}}
	for range 3 {
		sinktest.WantFates(t, p(t.Context(), batch), "a\x00†", "b†")
	}
	if n := d.Stat().NewConnsCount(); n != before {
		t.Errorf("%d new connections", n-before)
	}
}

// A partition that is missing can still be made: its rows wait for that.
func TestRowWithoutAPartitionIsRetried(t *testing.T) {
	d := shared(t, `CREATE TABLE readings (id text PRIMARY KEY, value int CHECK (value < 1000), version bigint) PARTITION BY RANGE (id)`,
		`CREATE TABLE "a to m" PARTITION OF readings FOR VALUES FROM ('a') TO ('m')`)
	p := processor(t, d.Pool, sinktest.ByVersion())
	sinktest.WantFates(t, p(t.Context(), []entry{{Key: "a", Value: 1, Version: 1}, {Key: "b", Value: 1000}, {Key: "z", Value: 1, Version: 1}}), "b†", "z")
	d.want(t, allReadings, "a 1 1")
}
