//go:build !pbuf_points

package schedules

import (
	"flag"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/internal/prove/child"
	"github.com/partitioned-buffer/go/internal/prove/overlay"
)

var (
	bound    = flag.String("bound", "2", "preemptions of the schedules that are enumerated")
	limit    = flag.String("limit", "1000", "most schedules of one program to enumerate")
	programs = flag.String("programs", "100", "random programs")
)

// TestSchedules compiles the library with points and runs the explorations.
func TestSchedules(t *testing.T) {
	explored(t, nil, "pbuf_points", "Test", "-programs", *programs)
}

// TestFlushers does so with the flushers under the scheduler too.
func TestFlushers(t *testing.T) {
	explored(t, Flushers(), FlushersTags, "TestCheckpoints|TestTurn")
}

func explored(t *testing.T, edits []overlay.Edit, tags, run string, args ...string) {
	t.Helper()
	args = append([]string{
		"-tags", tags, "-timeout", "0", "-run", run, child.Prove + "schedules", "-bound", *bound, "-limit", *limit,
	}, args...)
	r, err := child.Test(t.Context(), overlay.Overlay{Points: true, Edits: edits}, time.Hour, args...)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Passed {
		t.Errorf("%s:\n%s", r.Test, r.Output)
	}
	for _, what := range r.Explored {
		t.Logf("explored: %s", what)
	}
}
