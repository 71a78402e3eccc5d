package main

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/partitioned-buffer/go/pbuf"
)

// testSink is every database's test. open returns a sink with an empty table.
func testSink(t *testing.T, open func(t *testing.T) sink) {
	tests := map[string]func(*testing.T, sink){
		"newer version wins":          sinkNewerWins,
		"every row of the feed":       sinkKeepsTheFeed,
		"context ends":                sinkContextEnds,
		"corruption is found":         sinkCorruptionIsFound,
		"an unreadable table is told": sinkUnreadable,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			t.Cleanup(func() {
				if err := s.close(); err != nil {
					t.Error(err)
				}
			})
			test(t, s)
		})
	}
}

func openTestSQLite(t *testing.T) sink {
	t.Helper()
	// A path with all that a URI gives a meaning to.
	s, err := createSQLite(t.Context(), filepath.Join(t.TempDir(), "a b?c=1&d%20#e.db"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSQLite(t *testing.T) { testSink(t, openTestSQLite) }

func entry(r revision) pbuf.Entry[string, quake] {
	return pbuf.Entry[string, quake]{Key: r.ID, Value: r.Quake, Version: r.Version}
}

// at is an event of the given version; every column differs from version to
// version.
func at(id string, version int64) revision {
	x := float64(version)
	return revision{ID: id, Version: version, Quake: quake{
		TimeMS: version + 1, Mag: x / 7, MagType: strings.Repeat("m", int(version%5)+1), Status: "s" + id,
		Longitude: x / 3, Latitude: -x / 3, DepthKM: x / 11, Place: "Köln, 'quoted' \"twice\" " + id,
	}}
}

func save(t *testing.T, s sink, list ...revision) {
	t.Helper()
	batch := make([]pbuf.Entry[string, quake], len(list))
	for i, r := range list {
		batch[i] = entry(r)
	}
	if err := s.save(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
}

func wantRows(t *testing.T, s sink, want ...revision) {
	t.Helper()
	got := []revision{}
	for r, err := range s.rows(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, r)
	}
	slices.SortFunc(got, func(a, b revision) int { return strings.Compare(a.ID, b.ID) })
	if diff := cmp.Diff(append([]revision{}, want...), got); diff != "" {
		t.Error("rows (-want +got)\n" + diff)
	}
}

func sinkNewerWins(t *testing.T, s sink) {
	wantRows(t, s)
	save(t, s)
	save(t, s, at("a", 10), at("b", 10))
	save(t, s, at("a", 20), at("b", 9), at("c", -5))
	wantRows(t, s, at("a", 20), at("b", 10), at("c", -5))
	changed := at("a", 20)
	changed.Quake.Mag = 9 // the same version again: not newer
	save(t, s, changed, at("c", 0))
	wantRows(t, s, at("a", 20), at("b", 10), at("c", 0))
}

func sinkKeepsTheFeed(t *testing.T, s sink) {
	f := embeddedFeed(t)
	var first, last []revision
	for _, e := range f.events {
		first, last = append(first, e.revisions[0]), append(last, *e.last())
	}
	save(t, s, first...)
	save(t, s, last...)
	save(t, s, first...)
	rows, differences, err := verify(s.rows(t.Context()), f.newestRevisions())
	if err != nil || rows != 1707 || len(differences) != 0 {
		t.Errorf("verify: %d rows, %v, %v; want 1707 equal ones", rows, differences, err)
	}
}

func sinkContextEnds(t *testing.T, s sink) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.save(ctx, []pbuf.Entry[string, quake]{entry(at("a", 1))}); err == nil {
		t.Error("save did not heed its context")
	}
	for _, err := range s.rows(ctx) {
		if err == nil {
			t.Error("rows did not heed its context")
		}
	}
	wantRows(t, s)
}

// execute runs a statement on the sink's database, past the sink.
func execute(t *testing.T, s sink, statement string) {
	t.Helper()
	var err error
	switch s := s.(type) {
	case *sqliteSink:
		_, err = s.db.ExecContext(t.Context(), statement)
	case *postgresSink:
		_, err = s.pool.Exec(t.Context(), statement)
	default:
		t.Fatalf("unknown sink %T", s)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// verify finds each way in which a real table can be wrong, and nothing else.
func sinkCorruptionIsFound(t *testing.T, s sink) {
	list := []revision{at("a", 1), at("b", 2), at("c", 3)}
	want := map[string]revision{"a": list[0], "b": list[1], "c": list[2]}
	check := func(expected ...string) {
		t.Helper()
		_, got, err := verify(s.rows(t.Context()), want)
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(got)
		if diff := cmp.Diff(expected, got, cmp.Transformer("", func(l []string) string { return strings.Join(l, "\n") })); diff != "" {
			t.Error("differences (-want +got)\n" + diff)
		}
	}
	save(t, s, list...)
	check()
	execute(t, s, `UPDATE `+table+` SET version = 1 WHERE id = 'b'`)
	check("b: version is 1, want 2")
	execute(t, s, `UPDATE `+table+` SET version = 2, mag = mag + 1, place = 'x' WHERE id = 'b'`)
	check("b: mag is 1.2857142857142856, want 0.2857142857142857; place is x, want Köln, 'quoted' \"twice\" b")
	execute(t, s, `DELETE FROM `+table+` WHERE id = 'b'`)
	check("b: no row")
	execute(t, s, `UPDATE `+table+` SET id = 'z' WHERE id = 'c'`)
	check("b: no row", "c: no row", "z: nobody put this row")
	for _, column := range []string{"time_ms", "mag", "longitude", "latitude", "depth_km"} {
		execute(t, s, `DELETE FROM `+table)
		save(t, s, list...)
		execute(t, s, `UPDATE `+table+` SET `+column+` = 77 WHERE id = 'a'`)
		if _, got, err := verify(s.rows(t.Context()), want); err != nil || len(got) != 1 || !strings.HasPrefix(got[0], "a: "+column+" is 77, want ") {
			t.Errorf("%s changed: differences %v, %v", column, got, err)
		}
	}
}

func sinkUnreadable(t *testing.T, s sink) {
	execute(t, s, `DROP TABLE `+table)
	if _, _, err := verify(s.rows(t.Context()), nil); err == nil || !strings.Contains(err.Error(), table) {
		t.Errorf("verify: %v, want an error about %s", err, table)
	}
	if err := s.save(t.Context(), []pbuf.Entry[string, quake]{entry(at("a", 1))}); err == nil || !strings.Contains(err.Error(), table) {
		t.Errorf("save: %v, want an error about %s", err, table)
	}
}
