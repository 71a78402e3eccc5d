package pbufpgx_test

import (
	"testing"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
)

// The table is the log by newest version, whatever way the log took: two buffers
// with a share of it each, in any order, repeated deliveries, and rows that the
// database refuses.
func TestTableEqualsLogByNewestVersion(t *testing.T) {
	for range 8 {
		d := shared(t, `CREATE TABLE readings (id text PRIMARY KEY, value integer CHECK (value < 1000), version bigint, gone boolean)`)
		c := sinktest.ByVersion()
		c.Deleted = "gone"
		d.want(t, sinktest.Newest, sinktest.Log(t, processor(t, d.Pool, c), 2000, func(e *entry) { e.Key += "\x00" })...)
	}
}
