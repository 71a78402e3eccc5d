package pbufsql_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufsql"
)

// label is a driver.Valuer.
func label(text string) sql.NullString { return sql.NullString{String: text, Valid: true} }

// A tombstone deletes the row that the same key wrote, and no other, whatever Go type
// the key has. It is given up if no row can have the key.
func TestMySQLTombstoneOfAnotherType(t *testing.T) {
	d := shared(t, pbufsql.MySQL)
	at := time.Date(2026, 1, 1, 0, 0, 0, 123_456_789, time.UTC)
	five := 5
	for _, one := range []struct {
		kind string
		key  any
		near string // other keys, that MySQL takes for equal ones
		fate string
	}{
		{"VARCHAR(40)", 5, "'05', '5abc', '5.0'", ""},
		{"VARCHAR(40)", uint64(1<<64 - 1), "'18446744073709551614'", ""},
		{"VARCHAR(40)", 2.5, "'02.5', '2.50'", ""},
		{"VARCHAR(40)", true, "'01', '1abc'", ""},
		{"VARBINARY(40)", &five, "'05', '5abc'", ""},
		{"VARCHAR(40)", 1e15, "'1'", ""},
		{"VARCHAR(40)", 1.5e300, "'1.5'", ""},
		{"VARCHAR(40)", 1e-16, "'0'", ""},
		{"BINARY(4)", "ab", "'abc', 'ab '", ""},
		{"BINARY(4)", 5, "'05', '5abc'", ""},
		{"INT", "5abc", "5, 0", "a†"},
		{"INT", label("5abc"), "5, 0", "a†"},
		{"INT", []byte("5abc"), "5, 0", "a†"},
		{"INT", "0x10", "0, 16", "a†"},
		{"INT", at, "2026, 0", "a†"},
		{"INT", " 5 ", "6", ""},
		{"BIGINT", "9007199254740993", "9007199254740992", ""},
		{"BIGINT UNSIGNED", "18446744073709551615", "18446744073709551614", ""},
		{"BIGINT UNSIGNED", "18446744073709551616", "18446744073709551615", "a†"},
		{"DECIMAL(20,0)", "12345678901234567890", "12345678901234567891", ""},
		{"DECIMAL(3,1)", 2.26, "2.2, 2.4", ""},
		{"DECIMAL(3,1)", "2.3x", "2.3", "a†"},
		{"DOUBLE", "2.5", "2, 0", ""},
		{"DOUBLE", "2.5x", "2.5, 0", "a†"},
		{"DATETIME", at, "'2026-01-01 00:00:01'", ""},
		{"DATETIME(3)", at, "'2026-01-01'", ""},
		{"TIMESTAMP", "2026-01-01T00:00:00", "'2026-01-02'", ""},
		{"DATE", at, "'2026-01-02'", ""},
		{"DATE", "2026-01-01abc", "'2026-01-01'", "a†"},
		{"ENUM('x','y')", "y", "'x'", ""},
	} {
		run(t, d.DB, `DROP TABLE IF EXISTS readings`, `CREATE TABLE readings (id `+one.kind+` PRIMARY KEY, value INTEGER, version BIGINT)`,
			`INSERT INTO readings (id) VALUES (`+strings.ReplaceAll(one.near, ", ", "), (")+`)`)
		others := fmt.Sprint(1 + strings.Count(one.near, ", "))
		for _, db := range []*sql.DB{d.DB, d.connect("", "interpolateParams=false")} {
			c := sinktest.ByVersion()
			c.Key[0].Value = func(entry) any { return one.key }
			p := d.processor(t, db, c)
			var want []string
			if one.fate == "" {
				sinktest.Deliver(t, p, entry{Key: "a", Value: 1, Version: 1})
			} else {
				want = append(want, one.fate)
			}
			sinktest.WantFates(t, p(t.Context(), []entry{{Key: "a", Version: 2, Deleted: true}}), want...)
			if d.want(t, `SELECT count(*) FROM readings`, others); t.Failed() {
				t.Fatalf("key %#v of type %s among %s", one.key, one.kind, one.near)
			}
		}
	}
}

// The other databases take no beginning of a text for a number.
func TestTombstoneOfAnotherTypeDeletesNoOtherRow(t *testing.T) {
	each(t, func(t *testing.T, d database) {
		run(t, d.DB, `CREATE TABLE texts (id VARCHAR(40) PRIMARY KEY, value INTEGER, version BIGINT)`, `INSERT INTO texts (id) VALUES ('05'), ('5abc')`,
			`CREATE TABLE numbers (id INTEGER PRIMARY KEY, value INTEGER, version BIGINT)`, `INSERT INTO numbers (id) VALUES (5), (0)`)
		for table, key := range map[string]any{"texts": 5, "numbers": "5abc"} {
			c := sinktest.ByVersion()
			c.Table = table
			c.Key[0].Value = func(entry) any { return key }
			_ = d.processor(t, d.DB, c)(t.Context(), []entry{{Key: "a", Version: 2, Deleted: true}}) // some refuse it
			d.want(t, `SELECT count(*) FROM `+table, "2")
		}
	})
}
