package pbufsql_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufsql"
)

func TestNewRefusesWhatCannotWork(t *testing.T) {
	key := func(e entry) any { return e.Key }
	each(t, func(t *testing.T, d database) {
		d.readings(t)
		run(t, d.DB, `CREATE TABLE others (id VARCHAR(40), value VARCHAR(40), version SMALLINT)`,
			`CREATE TABLE dated (id VARCHAR(40) PRIMARY KEY, value INTEGER, version BIGINT, gone_at DATE)`)
		for _, one := range []struct {
			want   string
			change func(*config)
		}{
			{`Config.Table is empty`, func(c *config) { c.Table = "" }},
			{`Config.Key is empty`, func(c *config) { c.Key = nil }},
			{`two columns have the name "id"`, func(c *config) { c.Columns[0].Name = "id" }},
			{`Config.Table: there is no table`, func(c *config) { c.Table = "nothing" }},
			{`has no column "version; DROP TABLE readings"`, func(c *config) { c.Version = "version; DROP TABLE readings" }},
			{`Config.Version: column "id" is of type `, func(c *config) { c.Key[0].Name, c.Columns, c.Version = "value", nil, "id" }},
			{`Config.Deleted: column "gone_at" is of type `, func(c *config) { c.Table, c.Deleted = "dated", "gone_at" }},
			{`Config.Key: table readings has no unique index on exactly (`, func(c *config) { c.Key[0].Name, c.Columns[0].Name = "value", "id" }},
			{`Config.Key: table readings has no unique index on exactly (`, func(c *config) { c.Key, c.Columns = append(c.Key, column{Name: "value", Value: key}), nil }},
			{"it is made by: CREATE TABLE IF NOT EXISTS", func(c *config) { c.Batches = "pbuf_batches" }},
			{`Config.Batches: table others has no column "buffer"`, func(c *config) { c.Batches = "others" }},
		} {
			c := sinktest.ByVersion()
			one.change(&c)
			_, err := pbufsql.New(t.Context(), d.DB, d.dialect, c)
			if d.dialect == pbufsql.MySQL && strings.Contains(one.want, "unique") && err != nil && strings.Contains(err.Error(), "another unique index") {
				continue // says more
			}
			if !errors.Is(err, pbuf.ErrOptions) || !strings.HasPrefix(err.Error(), "pbuf: ") || !strings.Contains(err.Error(), one.want) {
				t.Errorf("error %v, want ...%s", err, one.want)
			}
		}
		d.want(t, `SELECT count(*) FROM readings`, "0")
	})
}

func TestTypesOfTheColumnDeleted(t *testing.T) {
	kinds := map[pbufsql.Dialect]string{
		pbufsql.SQLite:     "bool,INTEGER,,-TEXT",
		pbufsql.MySQL:      "BOOLEAN,BIGINT UNSIGNED,BIT(1),-BIT(8),-POINT",
		pbufsql.PostgreSQL: "boolean,-integer,-text",
	}
	each(t, func(t *testing.T, d database) {
		for kind := range strings.SplitSeq(kinds[d.dialect], ",") {
			kind, bad := strings.CutPrefix(kind, "-")
			run(t, d.DB, `DROP TABLE IF EXISTS readings`, `CREATE TABLE readings (id VARCHAR(40) PRIMARY KEY, value INTEGER, version BIGINT, gone `+kind+`)`)
			c := sinktest.ByVersion()
			c.Deleted = "gone"
			p, err := pbufsql.New(t.Context(), d.DB, d.dialect, c)
			if bad != (err != nil) {
				t.Errorf("%s: error %v", kind, err)
			}
			if err == nil {
				sinktest.Deliver(t, p, entry{Key: "a", Version: 1, Deleted: true}, entry{Key: "b", Version: 1})
				d.want(t, `SELECT id, CASE WHEN gone THEN 'gone' ELSE 'here' END FROM readings ORDER BY id`, "a gone", "b here")
			}
		}
	})
}

// MySQL says none of this until it is too late.
func TestMySQLTableWithAnotherUniqueIndex(t *testing.T) {
	d := shared(t, pbufsql.MySQL)
	const id, rest = `id VARCHAR(40) PRIMARY KEY`, `value INTEGER, version BIGINT`
	for columns, want := range map[string]string{
		`id VARCHAR(40), ` + rest + `, KEY (id)`:                                                "no unique index on exactly (`id`)",
		id + `, value INTEGER UNIQUE, version BIGINT`:                                           "another unique index, value (value)",
		`n BIGINT AUTO_INCREMENT PRIMARY KEY, ID VARCHAR(40) UNIQUE, ` + rest:                   `has no column "id"`,
		`n BIGINT AUTO_INCREMENT PRIMARY KEY, id VARCHAR(40) UNIQUE, ` + rest + ` UNSIGNED`:     `column "version" is of type bigint(20) unsigned`,
		`n BIGINT AUTO_INCREMENT PRIMARY KEY, id VARCHAR(40) UNIQUE, ` + rest:                   "",
		`n CHAR(36) DEFAULT (uuid()) PRIMARY KEY, id VARCHAR(40) UNIQUE, ` + rest:               "",
		`n CHAR(36) PRIMARY KEY, id VARCHAR(40) UNIQUE, ` + rest:                                "another unique index, PRIMARY (n)",
		`id TEXT NOT NULL, ` + rest + `, UNIQUE one (id(8))`:                                    "another unique index, one (id(8))",
		id + `, ` + rest + `, UNIQUE one (id(8))`:                                               "another unique index, one (id(8))",
		id + `, ` + rest + `, g INT AS (value % 10) STORED, UNIQUE (g)`:                         "another unique index, g (g)",
		id + `, ` + rest + `, slot INT NOT NULL DEFAULT 0, UNIQUE (slot)`:                       "another unique index, slot (slot)",
		id + `, ` + rest + `, slot INT DEFAULT 0, UNIQUE (slot)`:                                "another unique index, slot (slot)",
		id + `, ` + rest + `, word CHAR(4) DEFAULT 'NULL', UNIQUE (word)`:                       "another unique index, word (word)",
		id + `, ` + rest + `, slot INT, UNIQUE (slot)`:                                          "",
		id + `, ` + rest + `, slot INT NOT NULL DEFAULT 0, spare INT, UNIQUE one (spare, slot)`: "",
		id + `, ` + rest + `, slot INT NOT NULL DEFAULT 0, UNIQUE one (slot, value)`:            "another unique index, one (slot, value)",
	} {
		run(t, d.DB, `DROP TABLE IF EXISTS readings`, `CREATE TABLE readings (`+columns+`)`)
		_, err := pbufsql.New(t.Context(), d.DB, d.dialect, sinktest.ByVersion())
		if want == "" && err != nil || want != "" && (!errors.Is(err, pbuf.ErrOptions) || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: error %v, want ...%s", columns, err, want)
		}
	}
}

// An error that passes is no option's fault.
func TestNewWhileTheTableIsLocked(t *testing.T) {
	d := shared(t, pbufsql.PostgreSQL)
	d.readings(t)
	tx, err := d.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(t.Context(), `LOCK TABLE readings IN ACCESS EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	_, err = pbufsql.New(t.Context(), d.connect("", "lock_timeout=1ms"), d.dialect, sinktest.ByVersion())
	if err == nil || errors.Is(err, pbuf.ErrOptions) || !strings.HasPrefix(err.Error(), "pbuf: pbufsql.New: ") || !strings.Contains(err.Error(), "55P03") {
		t.Errorf("error %v, want the lock's", err)
	}
}

func TestNewRefusesWhatTakesNoInsert(t *testing.T) {
	for dialect, table := range map[pbufsql.Dialect]string{
		pbufsql.SQLite:     `CREATE VIEW readings AS SELECT 1 AS id, 2 AS value, CAST(3 AS BIGINT) AS version`,
		pbufsql.PostgreSQL: `CREATE TABLE readings (id integer GENERATED ALWAYS AS (value) STORED UNIQUE, value integer, version bigint)`,
	} {
		d := shared(t, dialect)
		run(t, d.DB, table)
		if _, err := pbufsql.New(t.Context(), d.DB, d.dialect, sinktest.ByVersion()); !errors.Is(err, pbuf.ErrOptions) {
			t.Errorf("%v: error %v", dialect, err)
		}
	}
}

func TestBatchesTableOfNoDialect(t *testing.T) {
	if got := pbufsql.Dialect(0).BatchesTable("", "batches"); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestNewRefusesADatabaseThatIsNone(t *testing.T) {
	d := shared(t, pbufsql.SQLite)
	d.readings(t)
	closed := d.connect("")
	closed.Close()
	for want, db := range map[string]*sql.DB{"the db is nil": nil, "the db is closed": closed} {
		if _, err := pbufsql.New(t.Context(), db, d.dialect, sinktest.ByVersion()); !errors.Is(err, pbuf.ErrArgument) || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	var none context.Context
	if _, err := pbufsql.New(none, d.DB, d.dialect, sinktest.ByVersion()); !errors.Is(err, pbuf.ErrArgument) {
		t.Errorf("nil context: error %v", err)
	}
	if _, err := pbufsql.New(t.Context(), d.DB, 7, sinktest.ByVersion()); !errors.Is(err, pbuf.ErrOptions) || !strings.Contains(err.Error(), "Dialect(7)") {
		t.Errorf("dialect 7: error %v", err)
	}
	if _, err := pbufsql.New(t.Context(), d.DB, pbufsql.MySQL, sinktest.ByVersion()); err == nil || !strings.Contains(err.Error(), "asking MySQL") {
		t.Errorf("the wrong dialect: error %v", err)
	}
}
