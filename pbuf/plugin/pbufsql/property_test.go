package pbufsql_test

import (
	"testing"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
)

// The table is the log by newest version, whatever way the log took: two buffers
// with a share of it each, in any order, repeated deliveries, and rows that the
// database refuses.
func TestTableEqualsLogByNewestVersion(t *testing.T) {
	each(t, func(t *testing.T, d database) {
		run(t, d.DB, `CREATE TABLE readings (id VARCHAR(40) PRIMARY KEY, value INTEGER CHECK (value < 1000), version BIGINT, gone BOOLEAN)`)
		c := sinktest.ByVersion()
		c.Deleted = "gone"
		d.want(t, sinktest.Newest, sinktest.Log(t, d.processor(t, d.DB, c), 3000, func(e *entry) { e.Value = 1000 })...)
	})
}
