package degenerate

import (
	"flag"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/internal/prove/child"
	"github.com/partitioned-buffer/go/internal/prove/overlay"
)

var (
	checks   = flag.String("checks", "", "random sequences for each construction")
	programs = flag.String("programs", "30", "random programs for each construction")
	sample   = flag.String("sample", "20", "random schedules of each listed program")
)

// TestDegenerate runs the properties and the schedules on each construction. It takes
// minutes, most of them compiling, so it is left to make prove.
func TestDegenerate(t *testing.T) {
	if *checks == "" {
		t.Skip("without -checks, which make prove sets")
	}
	for _, c := range All() {
		t.Run(c.Name, func(t *testing.T) {
			run(t, overlay.Overlay{Edits: c.Edits}, child.Prove+"property", "-rapid.checks", *checks, "-rapid.nofailfile")
			run(t, overlay.Overlay{Edits: c.Edits, Points: true}, "-timeout", "4m", "-tags", "pbuf_points", child.Prove+"schedules",
				"-bound", "1", "-sample", *sample, "-programs", *programs, "-each", "30")
		})
	}
}

func run(t *testing.T, o overlay.Overlay, args ...string) {
	t.Helper()
	r, err := child.Test(t.Context(), o, 5*time.Minute, args...)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Passed {
		t.Errorf("%v:\n%s", args, r.Output)
	}
	for _, what := range r.Explored {
		t.Logf("explored: %s", what)
	}
}
