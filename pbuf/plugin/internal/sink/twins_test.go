package sink_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sink"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
)

// Entries of one key are written in one transaction, the later ones over the earlier.
func TestEntriesOfOneKey(t *testing.T) {
	trimmed := valid()
	trimmed.Key[0].Value = func(e entry) any { return strings.TrimSpace(e.Key) }
	for tries, c := range map[int]config{1: trimmed, 2: valid()} { // 2: only the table knows that they are one
		w := newTable(nil)
		batch := []entry{{Key: "b", Value: 1}, {Key: "a", Value: 2}, {Key: "a ", Value: 3}, {Key: "b ", Value: 4}, {Key: "c", Value: 5}, {Key: "a  ", Value: 6}}
		if err := sink.Deliver(t.Context(), w, plan(t, c), batch); err != nil {
			t.Fatal(err)
		}
		if want := map[string]int{"a": 6, "b": 4, "c": 5}; !maps.Equal(w.rows, want) || w.tried != tries || w.writes != 1 {
			t.Errorf("rows %v, want %v; %d tries, want %d; %d transactions, want 1", w.rows, want, w.tried, tries, w.writes)
		}
	}
}

// Deletes are written before upserts: one that comes after an upsert of its row undoes it.
func TestDeleteAfterAnUpsertOfItsRow(t *testing.T) {
	last := valid()
	last.Version = ""
	for name, c := range map[string]struct {
		config
		batch []entry
		want  map[string]int
	}{
		"newer":          {valid(), []entry{{Key: "a", Value: 1, Version: 1}, {Key: "a ", Version: 2, Deleted: true}, {Key: "b", Value: 3}}, map[string]int{"b": 3}},
		"older":          {valid(), []entry{{Key: "a", Value: 1, Version: 2}, {Key: "a ", Version: 1, Deleted: true}}, map[string]int{"a": 1}},
		"before":         {valid(), []entry{{Key: "a", Version: 1, Deleted: true}, {Key: "a ", Value: 1, Version: 2}}, map[string]int{"a": 1}},
		"of another row": {valid(), []entry{{Key: "a", Value: 1, Version: 1}, {Key: "b", Version: 2, Deleted: true}}, map[string]int{"a": 1}},
		"two": {
			valid(),
			[]entry{{Key: "a", Value: 1, Version: 3}, {Key: "a ", Version: 4, Deleted: true}, {Key: "a  ", Version: 2, Deleted: true}, {Key: "b", Value: 1, Version: 1}},
			map[string]int{"b": 1},
		},
		"without a version": {last, []entry{{Key: "a", Value: 1}, {Key: "a ", Deleted: true}, {Key: "b", Value: 3}}, map[string]int{"b": 3}},
	} {
		t.Run(name, func(t *testing.T) {
			c.Key[0].Value = func(e entry) any { return strings.TrimSpace(e.Key) }
			w := newTable(nil)
			if err := sink.Deliver(t.Context(), w, plan(t, c.config), c.batch); err != nil {
				t.Fatal(err)
			}
			if !maps.Equal(w.rows, c.want) {
				t.Errorf("rows %v, want %v", w.rows, c.want)
			}
		})
	}
}

// A row that is refused for that although it is alone is one for the dead letters.
func TestRowThatIsItsOwnTwin(t *testing.T) {
	w := newTable(map[string]sink.Class{"001": sink.Twins})
	err := sink.Deliver(t.Context(), w, plan(t, valid()), batch(4))
	if got := sinktest.Fates(err); !slices.Equal(got, []string{"001†"}) || len(w.rows) != 3 {
		t.Errorf("failed %q, %d rows written, want 3; %v", got, len(w.rows), err)
	}
}

// Batches are written down part by part, and deletes before all of them.
func TestMarksOfParts(t *testing.T) {
	var marks []string
	for _, s := range []sink.Step{{Delete: true, Parts: make([][][]any, 1)}, {Parts: make([][][]any, 2)}} {
		s.Batch = &sink.Batch{Buffer: "b", Number: 7}
		for part := range s.Parts {
			marks = append(marks, fmt.Sprint(s.Mark(part)...))
		}
	}
	if got := strings.Join(marks, "; "); got != "b0 0 7 1; b0 0 7 2; b0 0 7 3" {
		t.Error(got)
	}
}
