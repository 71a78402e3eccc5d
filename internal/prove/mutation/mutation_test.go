package mutation

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/partitioned-buffer/go/internal/prove/overlay"
)

var (
	controls = flag.Bool("controls", false, "try the negative controls, as make prove does")
	every    = flag.Bool("every", false, "try all mutations, half an hour and more, and not the controls alone")
	only     = flag.String("only", "", "try those whose name contains it")
	exact    = flag.Bool("exact", false, "with -only: the one whose name it is")
	by       = flag.String("by", "", "ask only the judges whose name contains it")
	from     = flag.Int("from", 0, "with -every: begin with this one")
	table    = flag.String("table", "", "write what became of them to this file")
)

// TestControls tries the negative controls: the proofs must notice each of
// them, or they prove nothing.
func TestControls(t *testing.T) {
	if !*controls {
		t.Skip("without -controls, which make prove sets")
	}
	caught, by := 0, map[string]bool{}
	for _, m := range All() {
		if !m.Control {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			v, err := Try(t.Context(), m, "")
			if err != nil {
				t.Fatal(err)
			}
			if v.By == "" {
				t.Fatalf("nobody noticed that the library no longer keeps %s", m.Invariant)
			}
			caught++
			by[v.By] = true
			t.Logf("caught by %v", v)
		})
	}
	t.Run("nothing is broken", func(t *testing.T) {
		// Else the verdicts above are about something else.
		for name := range by {
			if err := Acquits(t.Context(), name); err != nil {
				t.Error(err)
			}
		}
	})
	if caught < 4 {
		t.Errorf("%d controls were caught, want at least 4", caught)
	}
	t.Logf("explored: %d broken libraries, all noticed", caught)
}

// TestEdits checks that each edit still finds its text, so that a change of the
// library can't take a mutation out of service unnoticed.
func TestEdits(t *testing.T) {
	root, err := overlay.Root()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range All() {
		if _, err := (overlay.Overlay{Points: true, Edits: m.Edits}).Write(root, t.TempDir()); err != nil {
			t.Errorf("%s: %v", m.Name, err)
		}
	}
	t.Logf("%d mutations", len(All()))
}

// TestEvery tries all mutations. One that cannot be tried any more, since the
// library has changed, fails and is not in the table; the rest go on.
func TestEvery(t *testing.T) {
	if !*every && *only == "" {
		t.Skip("without -every: half an hour of compiling")
	}
	var rows, stale, unnoticed []string
	for i, m := range All() {
		if i < *from || !strings.Contains(m.Name, *only) || *exact && m.Name != *only {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			v, err := Try(t.Context(), m, *by)
			if errors.Is(err, overlay.ErrStale) {
				stale = append(stale, fmt.Sprintf("%d: %s", i, m.Name))
			}
			if err != nil {
				t.Error(err)
				return
			}
			if v.By == "" && m.Unnoticed == "" {
				t.Error("not noticed")
				unnoticed = append(unnoticed, fmt.Sprintf("%d: %s", i, m.Name))
			}
			t.Log(v)
			rows = append(rows, row(m, v))
			if *table != "" { // each time: it takes long enough to be interrupted
				if err := os.WriteFile(*table, []byte(page(rows)), 0o644); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for what, list := range map[string][]string{"not noticed": unnoticed, "edits that the library has outgrown": stale} {
		if len(list) > 0 {
			t.Errorf("%s, by number (see -from):\n\t%s", what, strings.Join(list, "\n\t"))
		}
	}
}
