package pbufsql_test

import (
	"testing"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufsql"
)

// Keys that differ in a space at their end are one row: by the function of the Config,
// or in the table, which PostgreSQL refuses in one statement.
func TestEntriesOfOneRowInABatchThatIsAppliedOnce(t *testing.T) {
	each(t, func(t *testing.T, d database) {
		run(t, d.DB, `CREATE TABLE readings (id VARCHAR(40) PRIMARY KEY, value INTEGER CHECK (value < 1000))`, d.dialect.BatchesTable("", "pbuf_batches"))
		c := sinktest.Sums()
		c.Batches = "pbuf_batches"
		c.Key[0].Value = sinktest.Trimmed
		sinktest.Twins(t, d.processor(t, d.DB, c))
		d.want(t, `SELECT value FROM readings ORDER BY id`, sinktest.TwinsWant...)
		if d.dialect != pbufsql.PostgreSQL {
			return
		}
		run(t, d.DB, `TRUNCATE readings`, `ALTER TABLE readings ALTER id TYPE char(40)`)
		c.Key[0].Value = func(e entry) any { return e.Key }
		sinktest.Twins(t, d.processor(t, d.DB, c))
		d.want(t, `SELECT value FROM readings ORDER BY id`, sinktest.TwinsWant...)
	})
}

// A Reset undoes what came before it for its row.
func TestResetAfterAnotherEntryOfItsRow(t *testing.T) {
	each(t, func(t *testing.T, d database) {
		run(t, d.DB, `CREATE TABLE readings (id VARCHAR(40) PRIMARY KEY, value INTEGER)`)
		c := sinktest.Sums()
		c.Key[0].Value = sinktest.Trimmed
		sinktest.Deliver(t, d.processor(t, d.DB, c), entry{Key: "a", Value: 3}, entry{Key: "a ", Value: 5, Reset: true}, entry{Key: "a  ", Value: 1})
		d.want(t, `SELECT value FROM readings`, "6")
	})
}
