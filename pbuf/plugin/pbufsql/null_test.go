package pbufsql_test

import (
	"testing"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
)

// NULL is nothing, in the row as in the entry.
func TestSumAndNull(t *testing.T) {
	each(t, func(t *testing.T, d database) {
		run(t, d.DB, `CREATE TABLE readings (id VARCHAR(40) PRIMARY KEY, value INTEGER)`, `INSERT INTO readings VALUES ('empty', NULL), ('full', 7)`)
		p := d.processor(t, d.DB, sinktest.NullableSums())
		for range 2 {
			sinktest.Deliver(t, p, entry{Key: "empty", Value: 5}, entry{Key: "full"}, entry{Key: "new"})
		}
		d.want(t, `SELECT id, value FROM readings ORDER BY id`, "empty 10", "full 7", "new NULL")
	})
}
