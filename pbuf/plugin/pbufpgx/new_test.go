package pbufpgx_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufpgx"
)

func TestNewRefusesWhatCannotWork(t *testing.T) {
	d := shared(t, readings, `CREATE TABLE others (id text, value text, version int, gone text)`,
		`CREATE TABLE late (id text, value int, version bigint, UNIQUE (value, id) INCLUDE (version) DEFERRABLE, UNIQUE (id))`)
	key := func(e entry) any { return e.Key }
	for _, one := range []struct {
		want   string
		change func(*config)
	}{
		{`Config.Table is empty`, func(c *config) { c.Table = "" }},
		{`Config.Key is empty`, func(c *config) { c.Key = nil }},
		{`two columns have the name "id"`, func(c *config) { c.Columns[0].Name = "id" }},
		{`there is no table "Readings"`, func(c *config) { c.Table = "Readings" }},
		{`there is no table "nowhere"."readings"`, func(c *config) { c.Schema = "nowhere" }},
		{`has no column "version; DROP TABLE readings"`, func(c *config) { c.Version = "version; DROP TABLE readings" }},
		{`has no column "Value"`, func(c *config) { c.Columns[0].Name = "Value" }},
		{`Config.Version: column "id" is of type text, must be bigint`, func(c *config) { c.Key[0].Name, c.Columns, c.Version = "value", nil, "id" }},
		{`Config.Deleted: column "value" is of type integer, must be boolean`, func(c *config) { c.Columns, c.Deleted = nil, "value" }},
		{`Config.Key: table readings has no unique index on exactly ("value")`, func(c *config) { c.Key[0].Name, c.Columns[0].Name = "value", "id" }},
		{`Config.Key: table readings has no unique index on exactly ("id", "value")`, func(c *config) { c.Key, c.Columns = append(c.Key, column{Name: "value", Value: key}), nil }},
		{`Config.Key: the unique index of table late on ("id", "value") is deferrable`, func(c *config) {
			c.Table, c.Key, c.Columns = "late", append(c.Key, column{Name: "value", Value: key}), nil
		}},
		{`Config.Batches: there is no table pbuf_batches; it is made by: CREATE TABLE IF NOT EXISTS "pbuf_batches" ("buffer" text`, func(c *config) { c.Batches = "pbuf_batches" }},
		{`table readings: ERROR: column "buffer" of relation "others"`, func(c *config) { c.Batches = "others" }},
	} {
		c := sinktest.ByVersion()
		one.change(&c)
		_, err := pbufpgx.New(t.Context(), d.Pool, c)
		if !errors.Is(err, pbuf.ErrOptions) || !strings.HasPrefix(err.Error(), "pbuf: ") || !strings.Contains(err.Error(), one.want) {
			t.Errorf("error %v, want ...%s", err, one.want)
		}
	}
	d.want(t, `SELECT count(*) FROM readings`, "0")
	c := sinktest.ByVersion()
	c.Table = "late"
	processor(t, d.Pool, c) // by its other index
}

func TestNewRefusesAPoolThatIsNone(t *testing.T) {
	d := shared(t, readings)
	closed := d.connect(t, d.Config().ConnString())
	closed.Close()
	for want, pool := range map[string]*pgxpool.Pool{"the pool is nil": nil, "the pool is closed": closed} {
		if _, err := pbufpgx.New(t.Context(), pool, sinktest.ByVersion()); !errors.Is(err, pbuf.ErrArgument) || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	var none context.Context
	if _, err := pbufpgx.New(none, d.Pool, sinktest.ByVersion()); !errors.Is(err, pbuf.ErrArgument) {
		t.Errorf("nil context: error %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := pbufpgx.New(ended, d.Pool, sinktest.ByVersion()); !errors.Is(err, context.Canceled) {
		t.Errorf("ended context: error %v", err)
	}
}

// No name of a table is one that the statements need.
func TestNamesOfTables(t *testing.T) {
	for _, name := range []string{"once", "locked", "old", "new", "done", "excluded"} {
		t.Run(name, func(t *testing.T) {
			d := shared(t, `CREATE TABLE "`+name+`" (id text PRIMARY KEY, value int)`, pbufpgx.BatchesTable("", "pbuf_batches"))
			c := sinktest.Sums()
			c.Table, c.Batches = name, "pbuf_batches"
			processor(t, d.Pool, c)
		})
	}
}
