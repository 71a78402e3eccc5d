package main

import (
	"fmt"
	"iter"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// verify compares every row with what was put: the newest version of each
// event, every column. It returns how many rows there are and what differs,
// one line each.
func verify(rows iter.Seq2[revision, error], want map[string]revision) (count int, differences []string, err error) {
	missing := maps.Clone(want)
	for got, err := range rows {
		if err != nil {
			return count, differences, fmt.Errorf("verify: row %d: %w", count+1, err)
		}
		count++
		wanted, ok := want[got.ID]
		_, first := missing[got.ID]
		delete(missing, got.ID)
		switch {
		case !ok:
			differences = append(differences, got.ID+": nobody put this row")
		case !first:
			differences = append(differences, got.ID+": the row is there twice")
		case got != wanted:
			differences = append(differences, got.ID+": "+columnsThatDiffer(got, wanted))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(missing)) {
		differences = append(differences, id+": no row")
	}
	return count, differences, nil
}

func columnsThatDiffer(got, want revision) string {
	var list []string
	names := strings.Split(allColumns, ", ")
	wants := want.targets()
	for i, target := range got.targets() {
		g, w := reflect.ValueOf(target).Elem(), reflect.ValueOf(wants[i]).Elem()
		if !g.Equal(w) {
			list = append(list, fmt.Sprintf("%s is %v, want %v", names[i], g, w))
		}
	}
	return strings.Join(list, "; ")
}

// newestRevisions is what the table must hold when the whole feed was replayed.
func (f *feed) newestRevisions() map[string]revision {
	want := make(map[string]revision, len(f.events))
	for _, e := range f.events {
		want[e.last().ID] = *e.last()
	}
	return want
}

// newestPut is what the table must hold after the given pollers' puts, however
// far they came.
func (f *feed) newestPut(pollers []*poller) map[string]revision {
	want := make(map[string]revision, len(f.events))
	for i, e := range f.events {
		for _, rev := range e.revisions { // oldest first
			put := func(p *poller) bool { return p.seen[i] && p.newest[i] >= rev.Version }
			if slices.ContainsFunc(pollers, put) {
				want[rev.ID] = rev
			}
		}
	}
	return want
}
