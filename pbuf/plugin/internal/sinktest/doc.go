// Package sinktest is what the tests of the SQL sinks have in common: the table
// readings, and what they go through with it. It knows no database.
package sinktest

import (
	"testing"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/upsert"
)

// What the table readings holds: a value by name.
type (
	Entry     = pbuf.Entry[string, int]
	Config    = upsert.Config[string, int]
	Column    = upsert.Column[string, int]
	Processor = pbuf.Processor[string, int]
)

// ByVersion is a Config for the table readings.
func ByVersion() Config {
	return Config{
		Table:   "readings",
		Key:     []Column{{Name: "id", Value: func(e Entry) any { return e.Key }}},
		Columns: []Column{{Name: "value", Value: func(e Entry) any { return e.Value }}},
		Version: "version",
	}
}

// Sums is a Config that adds up.
func Sums() Config {
	c := ByVersion()
	c.Version = ""
	c.Columns[0].Sum = true
	return c
}

// NullableSums is Sums that gives NULL for 0.
func NullableSums() Config {
	c := Sums()
	c.Columns[0].Value = func(e Entry) any {
		if e.Value == 0 {
			return nil
		}
		return e.Value
	}
	return c
}

// Deliver wants the batch delivered.
func Deliver(tb testing.TB, p Processor, batch ...Entry) {
	tb.Helper()
	if err := p(tb.Context(), batch); err != nil {
		tb.Fatal(err)
	}
}
