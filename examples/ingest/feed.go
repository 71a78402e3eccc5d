package main

import (
	"cmp"
	_ "embed"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
)

//go:embed usgs-earthquakes.csv
var embeddedCSV string

// embeddedName stands for the embedded file in messages.
const embeddedName = "usgs-earthquakes.csv (embedded)"

// feed is the history of the live feed: what it published, and when.
type feed struct {
	name   string
	events []event
	// publications of all events, by stamp.
	published []publication
}

// event is an earthquake with its revisions, oldest first: one automatic, and
// one more if it was updated later.
type event struct {
	revisions []revision
}

func (e *event) last() *revision { return &e.revisions[len(e.revisions)-1] }

// publication is one revision in the order of time.
type publication struct {
	event int // index into feed.events
	rev   *revision
	until int64 // stamp of the event's next revision
}

// loadFeed reads a CSV file, or the embedded one if path is empty.
func loadFeed(path string) (*feed, error) {
	if path == "" {
		return readFeed(embeddedName, strings.NewReader(embeddedCSV))
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readFeed(path, file)
}

// readFeed reads the feed's columns from r. An error names the file, the line
// and the column.
func readFeed(name string, r io.Reader) (*feed, error) {
	f := &feed{name: name}
	lines := make(map[string]int) // of each id
	err := readCSV(name, r, func(row *csvRow) error {
		e := row.event()
		if row.err != nil {
			return row.err
		}
		id := e.last().ID
		if first, ok := lines[id]; ok {
			row.fail(0, "%q is on line %d already", id, first)
			return row.err
		}
		lines[id], _ = row.in.FieldPos(0)
		f.events = append(f.events, e)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(f.events) == 0 {
		return nil, fmt.Errorf("%s: no events after the header", name)
	}
	f.sort()
	return f, nil
}

// event reads the row's columns; row.err says what is wrong with them.
func (r *csvRow) event() event {
	// In the order of the columns, so that the first mistake is reported.
	id, timeMS, updatedMS := r.text(0), r.millis(1), r.millis(2)
	final := revision{
		ID:      id,
		Version: updatedMS,
		Quake: quake{
			TimeMS:    timeMS,
			Mag:       r.number(3, -10, 15),
			MagType:   r.text(4),
			Status:    r.text(5),
			Longitude: r.number(6, -180, 180),
			Latitude:  r.number(7, -90, 90),
			DepthKM:   r.number(8, -100, 6400),
			Place:     r.text(9),
		},
	}
	if updatedMS < timeMS {
		r.fail(2, "%d is before time_ms, %d", updatedMS, timeMS)
	}
	if updatedMS == timeMS {
		return event{revisions: []revision{final}}
	}
	first := final
	first.Version, first.Quake.Status = timeMS, statusAutomatic
	return event{revisions: []revision{first, final}}
}

func (f *feed) sort() {
	for i := range f.events {
		revs := f.events[i].revisions
		for j := range revs {
			until := int64(math.MaxInt64)
			if j+1 < len(revs) {
				until = revs[j+1].Version
			}
			f.published = append(f.published, publication{event: i, rev: &revs[j], until: until})
		}
	}
	slices.SortStableFunc(f.published, func(a, b publication) int {
		return cmp.Compare(a.rev.Version, b.rev.Version)
	})
}

// start and end are the stamps of the first and the last publication.
func (f *feed) start() int64 { return f.published[0].rev.Version }
func (f *feed) end() int64   { return f.published[len(f.published)-1].rev.Version }
