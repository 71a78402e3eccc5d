package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// columns are the feed's columns, in their order in the file.
var columns = [...]string{
	"id", "time_ms", "updated_ms", "mag", "mag_type", "status",
	"longitude", "latitude", "depth_km", "place",
}

// maxMS is the end of the year 9999. A stamp further from 1970 is a mistake.
const maxMS = 253_402_300_799_999

// csvRow is one line of the file while it is parsed. The first thing that is
// wrong with it stays in err, with the file, the line and the column.
type csvRow struct {
	file   string
	in     *csv.Reader
	fields []string
	err    error
}

// readCSV calls add with the row of each event, header checked and skipped.
func readCSV(file string, r io.Reader, add func(*csvRow) error) error {
	row := &csvRow{file: file, in: csv.NewReader(r)}
	row.in.FieldsPerRecord = -1 // the row says which column is missing
	row.in.ReuseRecord = true
	if !row.next() {
		return errors.Join(row.err, row.emptyFile())
	}
	for col, want := range columns {
		if got := row.text(col); row.err == nil && got != want {
			row.fail(col, "the header has %q in its place", got)
		}
	}
	for row.err == nil && row.next() {
		if err := add(row); err != nil {
			return err
		}
	}
	return row.err
}

func (r *csvRow) emptyFile() error {
	if r.err != nil {
		return nil
	}
	return fmt.Errorf("%s: empty file: want the header %s", r.file, strings.Join(columns[:], ","))
}

// next reads a line; false means the end of the file or an error.
func (r *csvRow) next() bool {
	var syntax *csv.ParseError
	fields, err := r.in.Read()
	switch {
	case errors.Is(err, io.EOF):
		return false
	case errors.As(err, &syntax):
		r.err = fmt.Errorf("%s: line %d, byte %d: %w", r.file, syntax.Line, syntax.Column, syntax.Err)
		return false
	case err != nil:
		r.err = fmt.Errorf("%s: %w", r.file, err)
		return false
	}
	r.fields = fields
	if len(fields) > len(columns) {
		r.fail(len(columns)-1, "%d columns, want %d", len(fields), len(columns))
	}
	return r.err == nil
}

// fail records what is wrong with the column, unless something already is.
func (r *csvRow) fail(col int, format string, args ...any) {
	if r.err != nil {
		return
	}
	line, _ := r.in.FieldPos(min(col, len(r.fields)-1))
	r.err = fmt.Errorf("%s: line %d, column %s: %w", r.file, line, columns[col], fmt.Errorf(format, args...))
}

func (r *csvRow) text(col int) string {
	if col >= len(r.fields) {
		r.fail(col, "missing: the line ends after %d columns", len(r.fields))
		return ""
	}
	s := r.fields[col]
	switch {
	case s == "":
		r.fail(col, "empty")
	case !utf8.ValidString(s) || strings.ContainsRune(s, 0):
		r.fail(col, "%q is not UTF-8 text", s) // PostgreSQL would refuse the whole batch
	}
	return strings.Clone(s) // or each place would keep its whole line in memory
}

func (r *csvRow) number(col int, lowest, highest float64) float64 {
	s := r.text(col)
	x, err := strconv.ParseFloat(s, 64)
	switch {
	case r.err != nil:
	case err != nil || math.IsNaN(x) || math.IsInf(x, 0):
		r.fail(col, "%q is not a number", s)
	case x < lowest || x > highest:
		r.fail(col, "%s is outside %g to %g", s, lowest, highest)
	}
	return x
}

func (r *csvRow) millis(col int) int64 {
	s := r.text(col)
	ms, err := strconv.ParseInt(s, 10, 64)
	switch {
	case r.err != nil:
	case err != nil:
		r.fail(col, "%q is not a whole number of milliseconds", s)
	case ms > maxMS || ms < -maxMS:
		r.fail(col, "%s is not in milliseconds since 1970: beyond the year 9999", s)
	}
	return ms
}
