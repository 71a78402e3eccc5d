package pbufsql_test

import (
	"fmt"
	"testing"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufsql"
)

func TestNewerVersionWins(t *testing.T) {
	each(t, func(t *testing.T, d database) {
		d.readings(t)
		run(t, d.DB, `INSERT INTO readings VALUES ('unversioned', 1, NULL)`)
		p := d.processor(t, d.DB, sinktest.ByVersion())
		sinktest.Deliver(t, p, entry{Key: "b", Value: 2, Version: 20}, entry{Key: "a", Value: 1, Version: 10})
		sinktest.Deliver(t, p, entry{Key: "b", Value: 3, Version: 19}, entry{Key: "a", Value: 4, Version: 11}, entry{Key: "unversioned", Value: 5, Version: -7})
		sinktest.Deliver(t, p, entry{Key: "a", Value: 6, Version: 11})
		sinktest.Deliver(t, p)
		d.want(t, allReadings, "a 4 11", "b 2 20", "unversioned 5 -7")
	})
}

func TestWithoutVersionTheLastWriteWins(t *testing.T) {
	each(t, func(t *testing.T, d database) {
		d.readings(t)
		c := sinktest.ByVersion()
		c.Version = ""
		p := d.processor(t, d.DB, c)
		sinktest.Deliver(t, p, entry{Key: "a", Value: 1, Version: 10})
		sinktest.Deliver(t, p, entry{Key: "a", Value: 2, Version: 5})
		d.want(t, allReadings, "a 2 NULL")
	})
}

func TestColumnsThatAreNotNamedKeepWhatTheyHold(t *testing.T) {
	each(t, func(t *testing.T, d database) {
		run(t, d.DB, `CREATE TABLE readings (id VARCHAR(40) PRIMARY KEY, value INTEGER, version BIGINT, note VARCHAR(9) DEFAULT 'new')`,
			`INSERT INTO readings VALUES ('a', 1, 1, 'mine')`)
		sinktest.Deliver(t, d.processor(t, d.DB, sinktest.ByVersion()), entry{Key: "a", Value: 2, Version: 2}, entry{Key: "b", Value: 3, Version: 3})
		d.want(t, `SELECT * FROM readings ORDER BY id`, "a 2 2 mine", "b 3 3 new")
	})
}

func TestKeyOfSeveralColumnsAndNothingElse(t *testing.T) {
	each(t, func(t *testing.T, d database) {
		quote, name := `"`, `Odd "Name"`
		if d.dialect == pbufsql.MySQL {
			quote, name = "`", "Odd `Name`"
		}
		table := map[string]string{`"`: `"Odd ""Name"""`, "`": "`Odd ``Name```"}[quote]
		run(t, d.DB, `CREATE TABLE `+table+` (n INTEGER, `+quote+`the key`+quote+` VARCHAR(40), UNIQUE (`+quote+`the key`+quote+`, n))`)
		p := d.processor(t, d.DB, config{
			Table: name,
			Key: []column{
				{Name: "n", Value: func(e entry) any { return e.Value }},
				{Name: "the key", Value: func(e entry) any { return e.Key }},
			},
		})
		sinktest.Deliver(t, p, entry{Key: "a", Value: 1}, entry{Key: "a", Value: 2}, entry{Key: "b", Value: 1})
		sinktest.Deliver(t, p, entry{Key: "a", Value: 1}, entry{Key: "c", Value: 1})
		d.want(t, `SELECT * FROM `+table+` ORDER BY 2, 1`, "1 a", "2 a", "1 b", "1 c")
		sinktest.Deliver(t, p, entry{Key: "a", Value: 1, Deleted: true}, entry{Key: "c", Value: 9, Deleted: true})
		d.want(t, `SELECT * FROM `+table+` ORDER BY 2, 1`, "2 a", "1 b", "1 c")
	})
}

// A batch that does not fit into one statement is written in one transaction.
func TestBatchOfAnySize(t *testing.T) {
	each(t, func(t *testing.T, d database) {
		d.readings(t)
		batch := make([]entry, 30_000)
		for i := range batch {
			batch[i] = entry{Key: fmt.Sprint(i), Value: i % 1000, Version: 1}
		}
		sinktest.Deliver(t, d.processor(t, d.DB, sinktest.ByVersion()), batch...)
		d.want(t, `SELECT count(*), sum(value) FROM readings`, "30000 14985000")
	})
}

// The server keeps what a driver prepares, a megabyte for some thousand arguments.
func TestPostgreSQLKeepsFewStatements(t *testing.T) {
	d := shared(t, pbufsql.PostgreSQL)
	d.readings(t)
	d.DB.SetMaxOpenConns(1)
	p := d.processor(t, d.DB, sinktest.ByVersion())
	batch := make([]entry, 512)
	for n := 257; n < len(batch); n += 4 {
		for i := range batch {
			batch[i] = entry{Key: fmt.Sprint(i), Version: int64(n)}
		}
		sinktest.Deliver(t, p, batch[:n]...)
		d.want(t, `SELECT count(*), min(version) FROM readings`, fmt.Sprint(n, n))
	}
	d.want(t, `SELECT count(*) < 32 FROM pg_prepared_statements`, "true")
}

func TestTombstoneDeletesUnderTheVersionsGuard(t *testing.T) {
	each(t, func(t *testing.T, d database) {
		d.readings(t)
		run(t, d.DB, `INSERT INTO readings VALUES ('unversioned', 1, NULL)`)
		p := d.processor(t, d.DB, sinktest.ByVersion())
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
	})
}

func TestTombstoneMarksWhereThereIsAColumnForIt(t *testing.T) {
	each(t, func(t *testing.T, d database) {
		run(t, d.DB, `CREATE TABLE readings (id VARCHAR(40) PRIMARY KEY, value INTEGER, version BIGINT, gone BOOLEAN NOT NULL)`)
		c := sinktest.ByVersion()
		c.Deleted = "gone"
		p := d.processor(t, d.DB, c)
		sinktest.Deliver(t, p, entry{Key: "a", Value: 1, Version: 10}, entry{Key: "b", Version: 5, Deleted: true})
		sinktest.Deliver(t, p, entry{Key: "a", Version: 11, Deleted: true}, entry{Key: "b", Value: 2, Version: 4})
		const all = `SELECT id, value, version, CASE WHEN gone THEN 'gone' ELSE 'here' END FROM readings ORDER BY id`
		d.want(t, all, "a 0 11 gone", "b 0 5 gone")
		sinktest.Deliver(t, p, entry{Key: "b", Value: 7, Version: 6})
		d.want(t, all, "a 0 11 gone", "b 7 6 here")
	})
}

const counters = `CREATE TABLE readings (id VARCHAR(40) PRIMARY KEY, value INTEGER NOT NULL, gone BOOLEAN NOT NULL DEFAULT FALSE)`

func TestSum(t *testing.T) {
	for _, mark := range []string{"", "gone"} {
		each(t, func(t *testing.T, d database) {
			run(t, d.DB, counters)
			c := sinktest.Sums()
			c.Deleted = mark
			p := d.processor(t, d.DB, c)
			sinktest.Deliver(t, p, entry{Key: "a", Value: 1}, entry{Key: "b", Value: 2})
			sinktest.Deliver(t, p, entry{Key: "a", Value: 10}, entry{Key: "b", Deleted: true})
			sinktest.Deliver(t, p, entry{Key: "a", Value: 100}, entry{Key: "b", Value: 20}, entry{Key: "c", Value: 5, Reset: true})
			sinktest.Deliver(t, p, entry{Key: "b", Value: 7, Reset: true}, entry{Key: "c", Value: 1})
			d.want(t, `SELECT id, value, CASE WHEN gone THEN 'gone' ELSE 'here' END FROM readings ORDER BY id`, "a 111 here", "b 7 here", "c 6 here")
		})
	}
}
