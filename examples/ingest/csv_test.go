package main

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

const (
	header  = "id,time_ms,updated_ms,mag,mag_type,status,longitude,latitude,depth_km,place\n"
	goodRow = "a1,1000,2000,1.5,ml,reviewed,-122.5,46.25,3.5,\"5km N of Here, There\"\n"
)

func TestReadFeedErrorsNameLineAndColumn(t *testing.T) {
	row := func(column int, value string) string {
		fields := []string{"b2", "1000", "2000", "1.5", "ml", "reviewed", "-122.5", "46.25", "3.5", "Here"}
		fields[column] = value
		return header + goodRow + strings.Join(fields, ",") + "\n"
	}
	tests := map[string]struct{ csv, want string }{
		"empty file":         {"", "f.csv: empty file: want the header id,time_ms,"},
		"header only":        {header, "f.csv: no events after the header"},
		"wrong header":       {strings.Replace(header, "mag,", "size,", 1), `f.csv: line 1, column mag: the header has "size" in its place`},
		"short header":       {"id,time_ms\n", "f.csv: line 1, column updated_ms: missing: the line ends after 2 columns"},
		"short row":          {header + goodRow + "b2,1000\n", "f.csv: line 3, column updated_ms: missing"},
		"long row":           {header + strings.TrimSpace(goodRow) + ",more\n", "f.csv: line 2, column place: 11 columns, want 10"},
		"empty id":           {row(0, ""), "f.csv: line 3, column id: empty"},
		"same id":            {header + goodRow + "\n" + goodRow, `f.csv: line 4, column id: "a1" is on line 2 already`},
		"time not a number":  {row(1, "soon"), `f.csv: line 3, column time_ms: "soon" is not a whole number of milliseconds`},
		"time with fraction": {row(1, "1.5"), `f.csv: line 3, column time_ms: "1.5" is not a whole number`},
		"time in ns":         {row(2, "1517363399650000000"), "f.csv: line 3, column updated_ms: 1517363399650000000 is not in milliseconds"},
		"time beyond int64":  {row(2, "99999999999999999999"), "f.csv: line 3, column updated_ms: "},
		"updated before":     {row(2, "999"), "f.csv: line 3, column updated_ms: 999 is before time_ms, 1000"},
		"mag not a number":   {row(3, "big"), `f.csv: line 3, column mag: "big" is not a number`},
		"mag NaN":            {row(3, "NaN"), `f.csv: line 3, column mag: "NaN" is not a number`},
		"mag infinite":       {row(3, "-Inf"), `f.csv: line 3, column mag: "-Inf" is not a number`},
		"no status":          {row(5, ""), "f.csv: line 3, column status: empty"},
		"longitude":          {row(6, "180.5"), "f.csv: line 3, column longitude: 180.5 is outside -180 to 180"},
		"latitude":           {row(7, "-91"), "f.csv: line 3, column latitude: -91 is outside -90 to 90"},
		"place not UTF-8":    {row(9, "\xff"), `f.csv: line 3, column place: "\xff" is not UTF-8 text`},
		"place with a zero":  {row(9, "a\x00"), "f.csv: line 3, column place: "},
		"bare quote":         {row(9, `5" N`), "f.csv: line 3, byte 48: bare \" in non-quoted-field"},
		"open quote":         {row(9, `"5km`), `f.csv: line 3, byte 52: extraneous or missing " in quoted-field`},
		"after a two-line one": {
			header + strings.Replace(goodRow, "Here", "He\nre", 1) + "b2,x,1\n",
			`f.csv: line 4, column time_ms: "x" is not`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f, err := readFeed("f.csv", strings.NewReader(test.csv))
			if err == nil {
				t.Fatalf("read %d events, want an error", len(f.events))
			}
			if !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("error\n  %v\nwant\n  %s...", err, test.want)
			}
		})
	}
}

func TestReadFeedReportsAReadError(t *testing.T) {
	broken := errors.New("disk on fire")
	for _, before := range []string{"", header, header + goodRow} {
		_, err := readFeed("f.csv", io.MultiReader(strings.NewReader(before), iotest.ErrReader(broken)))
		if !errors.Is(err, broken) || !strings.HasPrefix(err.Error(), "f.csv: ") {
			t.Errorf("after %q: error %v, want one that names the file and wraps %v", before, err, broken)
		}
	}
}

// Whatever the bytes, readFeed returns a feed or an error that names the file.
func FuzzReadFeed(f *testing.F) {
	f.Add(header + goodRow)
	f.Add(header)
	f.Add("id,time_ms\n\"")
	f.Fuzz(func(t *testing.T, text string) {
		feed, err := readFeed("f.csv", strings.NewReader(text))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f.csv: ") {
				t.Errorf("error %q does not name the file", err)
			}
			return
		}
		if len(feed.events) == 0 || feed.start() > feed.end() || feed.polls() < 1 {
			t.Errorf("%d events from %d to %d", len(feed.events), feed.start(), feed.end())
		}
	})
}
