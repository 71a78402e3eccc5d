package pbufpgx_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
)

func TestTombstoneDeletesUnderTheVersionsGuard(t *testing.T) {
	d := shared(t, readings, `INSERT INTO readings VALUES ('unversioned', 1, NULL)`)
	p := processor(t, d.Pool, sinktest.ByVersion())
	sinktest.Deliver(t, p, entry{Key: "a", Value: 1, Version: 10}, entry{Key: "b", Value: 2, Version: 10}, entry{Key: "c", Value: 3, Version: 10})
	sinktest.Deliver(t, p,
		entry{Key: "d", Value: 4, Version: 10},
		entry{Key: "c", Version: 11, Deleted: true},
		entry{Key: "b", Version: 10, Deleted: true}, // not newer
		entry{Key: "unversioned", Version: 1, Deleted: true},
		entry{Key: "never seen", Version: 1, Deleted: true},
	)
	d.want(t, allReadings, "a 1 10", "b 2 10", "d 4 10")
	sinktest.Deliver(t, p, entry{Key: "a", Version: 11, Deleted: true})
	d.want(t, allReadings, "b 2 10", "d 4 10")
}

func TestTombstoneMarksWhereThereIsAColumnForIt(t *testing.T) {
	d := shared(t, `CREATE TABLE readings (id text PRIMARY KEY, value int, version bigint, gone boolean NOT NULL)`)
	c := sinktest.ByVersion()
	c.Deleted = "gone"
	p := processor(t, d.Pool, c)
	sinktest.Deliver(t, p, entry{Key: "a", Value: 1, Version: 10}, entry{Key: "b", Version: 5, Deleted: true})
	sinktest.Deliver(t, p, entry{Key: "a", Version: 11, Deleted: true}, entry{Key: "b", Value: 2, Version: 4})
	d.want(t, `SELECT id, value, version, gone FROM readings ORDER BY id`, "a 0 11 true", "b 0 5 true")
	sinktest.Deliver(t, p, entry{Key: "b", Value: 7, Version: 6})
	d.want(t, `SELECT id, value, version, gone FROM readings ORDER BY id`, "a 0 11 true", "b 7 6 false")
}

// Value is the zero value then, with which the functions need not cope.
func TestTombstoneAsksForNothingButTheKey(t *testing.T) {
	d := shared(t, readings)
	c := sinktest.ByVersion()
	c.Columns[0].Value = func(e entry) any {
		if e.Deleted {
			panic("asked for the value of a tombstone")
		}
		return e.Value
	}
	p := processor(t, d.Pool, c)
	sinktest.Deliver(t, p, entry{Key: "a", Value: 1, Version: 1})
	sinktest.Deliver(t, p, entry{Key: "a", Version: 2, Deleted: true})
	d.want(t, allReadings)
}

const counters = `CREATE TABLE readings (id text PRIMARY KEY, value int NOT NULL, gone boolean NOT NULL DEFAULT false)`

func TestSum(t *testing.T) {
	for _, marks := range []bool{false, true} {
		t.Run(fmt.Sprintf("marks=%t", marks), func(t *testing.T) {
			d := shared(t, counters)
			c := sinktest.Sums()
			if marks {
				c.Deleted = "gone"
			}
			p := processor(t, d.Pool, c)
			sinktest.Deliver(t, p, entry{Key: "a", Value: 1}, entry{Key: "b", Value: 2})
			sinktest.Deliver(t, p, entry{Key: "a", Value: 10}, entry{Key: "b", Deleted: true})
			sinktest.Deliver(t, p, entry{Key: "a", Value: 100}, entry{Key: "b", Value: 20}, entry{Key: "c", Value: 5, Reset: true})
			sinktest.Deliver(t, p, entry{Key: "b", Value: 7, Reset: true}, entry{Key: "c", Value: 1})
			d.want(t, `SELECT id, value, gone FROM readings ORDER BY id`, "a 111 false", "b 7 false", "c 6 false")
		})
	}
}

// The key of a tombstone is rounded as the column rounds, and not cut.
func TestTombstoneOfAKeyThatIsRounded(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 678_900_000, time.UTC)
	for kind, value := range map[string]any{
		"timestamptz(0)": at, "timestamp(1)": at, "numeric(5,1)": "12.34", "interval(0)": 1500 * time.Millisecond, "rounded": "12.34",
	} {
		t.Run(kind, func(t *testing.T) {
			d := shared(t, `CREATE DOMAIN rounded AS numeric(5,1)`, `CREATE TABLE readings (id `+kind+` PRIMARY KEY, value int, version bigint)`)
			c := sinktest.ByVersion()
			c.Key[0].Value = func(entry) any { return value }
			p := processor(t, d.Pool, c)
			sinktest.Deliver(t, p, entry{Key: "a", Value: 1, Version: 1})
			d.want(t, `SELECT value FROM readings`, "1")
			sinktest.Deliver(t, p, entry{Key: "a", Version: 2, Deleted: true})
			d.want(t, `SELECT value FROM readings`)
		})
	}
	d := shared(t, `CREATE TABLE readings (id varchar(3) PRIMARY KEY, value int, version bigint)`)
	p := processor(t, d.Pool, sinktest.ByVersion())
	sinktest.Deliver(t, p, entry{Key: "abc", Value: 1, Version: 1})
	sinktest.Deliver(t, p, entry{Key: "abcd", Version: 2, Deleted: true})
	d.want(t, allReadings, "abc 1 1")
}

// NULL is nothing, in the row as in the entry.
func TestSumAndNull(t *testing.T) {
	d := shared(t, `CREATE TABLE readings (id text PRIMARY KEY, value int)`, `INSERT INTO readings VALUES ('empty', NULL), ('full', 7)`)
	p := processor(t, d.Pool, sinktest.NullableSums())
	for range 2 {
		sinktest.Deliver(t, p, entry{Key: "empty", Value: 5}, entry{Key: "full"}, entry{Key: "new"})
	}
	d.want(t, `SELECT id, value FROM readings ORDER BY id`, "empty 10", "full 7", "new <nil>")
}
