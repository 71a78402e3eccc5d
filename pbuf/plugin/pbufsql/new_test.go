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
		run(t, d.DB, `CREATE TABLE others (id VARCHAR(40), value VARCHAR(40), version SMALLINT)`)
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

// MySQL says none of this until it is too late.
func TestMySQLTableWithAnotherUniqueIndex(t *testing.T) {
	d := shared(t, pbufsql.MySQL)
	for sql, want := range map[string]string{
		`CREATE TABLE readings (id VARCHAR(40), value INTEGER, version BIGINT, KEY (id))`:                                            "no unique index on exactly (`id`)",
		`CREATE TABLE readings (id VARCHAR(40) PRIMARY KEY, value INTEGER UNIQUE, version BIGINT)`:                                   "another unique index, value (value)",
		`CREATE TABLE readings (n BIGINT AUTO_INCREMENT PRIMARY KEY, ID VARCHAR(40) UNIQUE, value INTEGER, version BIGINT)`:          `has no column "id"`,
		`CREATE TABLE readings (n BIGINT AUTO_INCREMENT PRIMARY KEY, id VARCHAR(40) UNIQUE, value INTEGER, version BIGINT UNSIGNED)`: `column "version" is of type bigint(20) unsigned`,
		`CREATE TABLE readings (n BIGINT AUTO_INCREMENT PRIMARY KEY, id VARCHAR(40) UNIQUE, value INTEGER, version BIGINT)`:          "",
	} {
		run(t, d.DB, `DROP TABLE IF EXISTS readings`, sql)
		_, err := pbufsql.New(t.Context(), d.DB, d.dialect, sinktest.ByVersion())
		if want == "" && err != nil || want != "" && (!errors.Is(err, pbuf.ErrOptions) || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: error %v, want ...%s", sql, err, want)
		}
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
