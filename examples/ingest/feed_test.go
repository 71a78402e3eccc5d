package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func mustFeed(t testing.TB, rows ...string) *feed {
	t.Helper()
	f, err := readFeed("test.csv", strings.NewReader(header+strings.Join(rows, "")))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func embeddedFeed(t testing.TB) *feed {
	t.Helper()
	f, err := loadFeed("")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestReadFeedMakesTwoRevisions(t *testing.T) {
	f := mustFeed(t, goodRow)
	final := revision{ID: "a1", Version: 2000, Quake: quake{
		TimeMS: 1000, Mag: 1.5, MagType: "ml", Status: "reviewed",
		Longitude: -122.5, Latitude: 46.25, DepthKM: 3.5, Place: "5km N of Here, There",
	}}
	first := final
	first.Version, first.Quake.Status = 1000, "automatic"
	if diff := cmp.Diff([]event{{revisions: []revision{first, final}}}, f.events, cmp.AllowUnexported(event{})); diff != "" {
		t.Error(diff)
	}
	if got := f.newestRevisions()["a1"]; got != final {
		t.Errorf("newest revision %+v, want %+v", got, final)
	}
}

func TestReadFeedNeverUpdated(t *testing.T) {
	f := mustFeed(t, strings.Replace(goodRow, "2000", "1000", 1))
	if n := len(f.events[0].revisions); n != 1 || f.events[0].last().Quake.Status != "reviewed" {
		t.Errorf("%d revisions, the last %+v; want only the row as it is", n, f.events[0].last())
	}
}

func TestEmbeddedFeed(t *testing.T) {
	f := embeddedFeed(t)
	if len(f.events) != 1707 || len(f.published) != 2*1707 {
		t.Errorf("%d events and %d publications, want 1707 and twice as many", len(f.events), len(f.published))
	}
	if got := utc(f.start()) + " to " + utc(f.end()); got != "2018-01-31 01:49 to 2018-02-07 01:45" {
		t.Errorf("the feed goes from %s", got)
	}
	sorted := slices.IsSortedFunc(f.published, func(a, b publication) int { return int(a.rev.Version - b.rev.Version) })
	if !sorted {
		t.Error("publications are not in order of their stamps")
	}
	if n := len(f.newestRevisions()); n != 1707 {
		t.Errorf("%d newest revisions, want 1707", n)
	}
}

func TestLoadFeedFromAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "my.csv")
	if err := os.WriteFile(path, []byte(header+goodRow), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := loadFeed(path)
	if err != nil || len(f.events) != 1 {
		t.Errorf("loadFeed: %v, want one event", err)
	}
	if _, err := loadFeed(path + ".gone"); !os.IsNotExist(err) {
		t.Errorf("error %v, want that the file does not exist", err)
	}
	if _, err := loadFeed(t.TempDir()); err == nil {
		t.Error("a folder was read as a file")
	}
}
