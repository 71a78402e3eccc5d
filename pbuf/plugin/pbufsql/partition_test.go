package pbufsql_test

import (
	"testing"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufsql"
)

// A partition that is missing can still be made: its rows wait for that.
func TestRowWithoutAPartitionIsRetried(t *testing.T) {
	d := shared(t, pbufsql.PostgreSQL)
	run(t, d.DB, `CREATE TABLE readings (id text PRIMARY KEY, value int CHECK (value < 1000), version bigint) PARTITION BY RANGE (id)`,
		`CREATE TABLE "a to m" PARTITION OF readings FOR VALUES FROM ('a') TO ('m')`)
	p := d.processor(t, d.DB, sinktest.ByVersion())
	sinktest.WantFates(t, p(t.Context(), []entry{{Key: "a", Value: 1, Version: 1}, {Key: "b", Value: 1000}, {Key: "z", Value: 1, Version: 1}}), "b†", "z")
	d.want(t, allReadings, "a 1 1")
}
