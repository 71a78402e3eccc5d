package pbufpgx_test

import (
	"strings"
	"testing"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufpgx"
)

// oneRow makes keys that differ in a space at their end one row: by the function of the
// Config, which the processor sees by itself, or in the table, which it is told by an
// error.
var oneRow = map[string]struct {
	table string
	key   func(entry) any
	told  bool
}{
	"Config": {`CREATE TABLE readings (id text PRIMARY KEY, value int CHECK (value < 1000), version bigint)`, sinktest.Trimmed, false},
	"table":  {`CREATE TABLE readings (id char(40) PRIMARY KEY, value int CHECK (value < 1000), version bigint)`, func(e entry) any { return e.Key }, true},
}

func TestEntriesOfOneRow(t *testing.T) {
	for name, of := range oneRow {
		t.Run(name, func(t *testing.T) {
			d := shared(t, of.table)
			c := sinktest.ByVersion()
			c.Key[0].Value = of.key
			p := processor(t, d.Pool, c)
			sinktest.Deliver(t, p, entry{Key: "a", Value: 1, Version: 1}, entry{Key: "a ", Value: 2, Version: 3},
				entry{Key: "b ", Value: 3, Version: 2}, entry{Key: "b", Value: 4, Version: 4})
			d.want(t, `SELECT trim(id), value, version FROM readings ORDER BY id`, "a 2 3", "b 4 4")
			sinktest.Deliver(t, p, entry{Key: "a", Version: 4, Deleted: true}, entry{Key: "a ", Version: 2, Deleted: true}, entry{Key: "b ", Value: 5, Version: 5})
			d.want(t, `SELECT trim(id), value, version FROM readings ORDER BY id`, "b 5 5")
			if told := d.codes.of("21000") > 0; told != of.told {
				t.Errorf("told by an error: %t", told)
			}
		})
	}
}

func TestEntriesOfOneRowInABatchThatIsAppliedOnce(t *testing.T) {
	for name, of := range oneRow {
		t.Run(name, func(t *testing.T) {
			d := shared(t, of.table, pbufpgx.BatchesTable("", "pbuf_batches"))
			c := sinktest.Sums()
			c.Batches, c.Key[0].Value = "pbuf_batches", of.key
			sinktest.Twins(t, processor(t, d.Pool, c))
			d.want(t, `SELECT value FROM readings ORDER BY id`, sinktest.TwinsWant...)
		})
	}
}

func TestWithoutVersionTheLastEntryOfARowWins(t *testing.T) {
	d := shared(t, readings)
	c := sinktest.ByVersion()
	c.Version, c.Key[0].Value = "", func(e entry) any { return strings.ToLower(e.Key) }
	sinktest.Deliver(t, processor(t, d.Pool, c), entry{Key: "a", Value: 1}, entry{Key: "A", Value: 2}, entry{Key: "B", Value: 3}, entry{Key: "b", Value: 4})
	d.want(t, allReadings, "a 2 <nil>", "b 4 <nil>")
}
