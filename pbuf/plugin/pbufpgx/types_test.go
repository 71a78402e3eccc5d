package pbufpgx_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
)

// What comes back is what PostgreSQL makes of the same value in an INSERT of one
// row with parameters.
func TestTypesOfColumns(t *testing.T) {
	d := shared(t, `CREATE TYPE mood AS ENUM ('sad', 'happy')`, `CREATE DOMAIN short AS varchar(3)`,
		`CREATE TYPE pair AS (a int, b text)`)
	simple := d.inMode(t, pgx.QueryExecModeSimpleProtocol)
	at := time.Date(2026, 3, 4, 5, 6, 7, 8000, time.UTC)
	for i, one := range []struct {
		kind  string
		value any
	}{
		{"text", "héllo"},
		{"varchar(5)", "12345"},
		{"char(3)", "ab"},
		{`"char"`, "x"},
		{"bytea", []byte{0, 1, 255}},
		{"smallint", 7},
		{"bigint", int64(1) << 62},
		{"real", 1.5},
		{"numeric(10,2)", "12.345"},
		{"boolean", true},
		{"timestamptz", at},
		{"timestamp", at},
		{"date", at},
		{"interval", 90 * time.Minute},
		{"uuid", "0194f1a8-0000-7000-8000-000000000000"},
		{"inet", "10.0.0.1/8"},
		{"json", `{"a": 1}`},
		{"jsonb", map[string]int{"a": 1}},
		{"bit(4)", "1010"},
		{"int[]", []int{1, 2, 3}},
		{"text[]", []string{"a", `"b",`, ""}},
		{"mood", "happy"},
		{"mood[]", "{sad,happy}"},
		{"short", "abc"},
		{"pair", `(1,"x y")`},
		{"tsvector", "'fat':2 'cat':3"},
		{"text", nil},
		{"mood", nil},
		{"int[]", nil},
	} {
		t.Run(strings.ReplaceAll(one.kind, " ", "_"), func(t *testing.T) {
			table := fmt.Sprint("type", i)
			if _, err := d.Exec(t.Context(), `CREATE TABLE `+table+` (id text PRIMARY KEY, value `+one.kind+`)`); err != nil {
				t.Fatal(err)
			}
			if _, err := d.Exec(t.Context(), `INSERT INTO `+table+` VALUES ('plain', $1)`, one.value); err != nil {
				t.Fatal(err)
			}
			c := sinktest.ByVersion()
			c.Table, c.Version = table, ""
			c.Columns[0].Value = func(entry) any { return one.value }
			sinktest.Deliver(t, processor(t, d.Pool, c), entry{Key: "ours"}, entry{Key: "ours too"})
			sinktest.Deliver(t, processor(t, simple, c), entry{Key: "ours as text"})
			d.want(t, `SELECT count(*), count(DISTINCT value::text), count(value) IN (0, 4) FROM `+table,
				map[bool]string{true: "4 0 true", false: "4 1 true"}[one.value == nil])
		})
	}
}

// A key of a type that travels as text is compared as what it is.
func TestKeyOfAnyType(t *testing.T) {
	d := shared(t, `CREATE TYPE mood AS ENUM ('sad', 'happy')`, `CREATE TABLE readings (id mood PRIMARY KEY, value int, version bigint)`)
	p := processor(t, d.Pool, sinktest.ByVersion())
	sinktest.Deliver(t, p, entry{Key: "sad", Value: 1, Version: 1}, entry{Key: "happy", Value: 2, Version: 1})
	sinktest.Deliver(t, p, entry{Key: "sad", Deleted: true, Version: 2}, entry{Key: "happy", Value: 3, Version: 2})
	d.want(t, `SELECT id::text, value FROM readings`, "happy 3")
}
