package pbufpgx_test

import (
	"fmt"
	"testing"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
)

func TestNewerVersionWins(t *testing.T) {
	d := shared(t, readings, `INSERT INTO readings VALUES ('unversioned', 1, NULL)`)
	p := processor(t, d.Pool, sinktest.ByVersion())
	sinktest.Deliver(t, p, entry{Key: "b", Value: 2, Version: 20}, entry{Key: "a", Value: 1, Version: 10})
	sinktest.Deliver(t, p, entry{Key: "b", Value: 3, Version: 19}, entry{Key: "a", Value: 4, Version: 11}, entry{Key: "unversioned", Value: 5, Version: -7})
	sinktest.Deliver(t, p, entry{Key: "a", Value: 6, Version: 11})
	sinktest.Deliver(t, p)
	d.want(t, allReadings, "a 4 11", "b 2 20", "unversioned 5 -7")
}

func TestWithoutVersionTheLastWriteWins(t *testing.T) {
	d := shared(t, readings)
	c := sinktest.ByVersion()
	c.Version = ""
	p := processor(t, d.Pool, c)
	sinktest.Deliver(t, p, entry{Key: "a", Value: 1, Version: 10})
	sinktest.Deliver(t, p, entry{Key: "a", Value: 2, Version: 5})
	d.want(t, allReadings, "a 2 <nil>")
}

func TestColumnsThatAreNotNamedKeepWhatTheyHold(t *testing.T) {
	d := shared(t, `CREATE TABLE readings (id text PRIMARY KEY, value int, version bigint, note text DEFAULT 'new')`,
		`INSERT INTO readings VALUES ('a', 1, 1, 'mine')`)
	sinktest.Deliver(t, processor(t, d.Pool, sinktest.ByVersion()), entry{Key: "a", Value: 2, Version: 2}, entry{Key: "b", Value: 3, Version: 3})
	d.want(t, `SELECT * FROM readings ORDER BY id`, "a 2 2 mine", "b 3 3 new")
}

func TestKeyOfSeveralColumnsAndNothingElse(t *testing.T) {
	d := shared(t, `CREATE TABLE "Odd ""Name""" ("n" int, "nn" text, UNIQUE ("nn", "n"))`)
	c := config{
		Schema: d.schema,
		Table:  `Odd "Name"`,
		Key: []column{
			{Name: "n", Value: func(e entry) any { return e.Value }},
			{Name: "nn", Value: func(e entry) any { return e.Key }},
		},
	}
	p := processor(t, d.Pool, c)
	sinktest.Deliver(t, p, entry{Key: "a", Value: 1}, entry{Key: "a", Value: 2}, entry{Key: "b", Value: 1})
	sinktest.Deliver(t, p, entry{Key: "a", Value: 1}, entry{Key: "c", Value: 1})
	d.want(t, `SELECT * FROM "Odd ""Name""" ORDER BY 2, 1`, "1 a", "2 a", "1 b", "1 c")
	sinktest.Deliver(t, p, entry{Key: "a", Value: 1, Deleted: true}, entry{Key: "c", Value: 9, Deleted: true})
	d.want(t, `SELECT * FROM "Odd ""Name""" ORDER BY 2, 1`, "2 a", "1 b", "1 c")
}

// The parameters are arrays: their number doesn't grow with the batch.
func TestBatchOfAnySize(t *testing.T) {
	d := shared(t, readings)
	batch := make([]entry, 70_000)
	for i := range batch {
		batch[i] = entry{Key: fmt.Sprint(i), Value: i % 1000, Version: 1}
	}
	sinktest.Deliver(t, processor(t, d.Pool, sinktest.ByVersion()), batch...)
	d.want(t, `SELECT count(*), sum(value) FROM readings`, "70000 34965000")
}
