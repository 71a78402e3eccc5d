package mutation

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/partitioned-buffer/go/internal/prove/child"
	"github.com/partitioned-buffer/go/internal/prove/degenerate"
	"github.com/partitioned-buffer/go/internal/prove/overlay"
	"github.com/partitioned-buffer/go/internal/prove/schedules"
)

// judge is a set of tests that a mutation has to get past.
type judge struct {
	name   string
	points bool           // compile with scheduling points
	edits  []overlay.Edit // of a degenerate construction
	tests  string         // pattern of pbuf's tests; without those that it does not need
	args   []string
}

// explore is the exploration of a judge: small, since there are many mutations.
// It has no timeout: what hangs it notices itself, by counting steps, and time
// that ran out would say something about the machine alone.
var explore = []string{
	"-tags", "pbuf_points", "-timeout", "0", "-failfast", child.Prove + "schedules",
	"-bound", "2", "-limit", "3000", "-sample", "400", "-programs", "500", "-each", "20",
}

// growing is the judge of what only a growth shows: it is asked of that first.
const growing = "schedules, growth"

// flushing is the judge of what takes a flusher between its steps to show.
const flushing = "schedules, flushers"

// named is the judge of mutations that name their tests.
const named = "unit tests of pbuf"

// judges are asked in this order; the first that objects ends it. So what
// compiles and decides quickly comes first.
func judges() []judge {
	noRoom := degenerate.Construction{}
	for _, c := range degenerate.All() {
		if c.Room {
			noRoom = c
		}
	}
	return []judge{
		{name: "schedules", points: true, args: explore},
		{name: "unit tests", args: []string{"-timeout", "3m", "-failfast", child.Library + "internal/epoch", child.Library + "internal/shard"}},
		{name: growing, points: true, edits: degenerate.Growing(), args: explore},
		{name: "schedules, no room", points: true, edits: noRoom.Edits, args: explore},
		{name: flushing, points: true, edits: schedules.Flushers(), args: []string{
			"-tags", schedules.FlushersTags, "-timeout", "0", "-failfast", "-run", "TestCheckpoints|TestTurn", child.Prove + "schedules",
			"-bound", "1", "-limit", "1000", "-sample", "300",
		}},
		{name: "properties", args: []string{"-timeout", "3m", "-failfast", child.Prove + "property", "-rapid.checks", "100", "-rapid.nofailfile", "-rapid.shrinktime", "1s"}},
		{name: "race detector", points: true, args: []string{"-race", "-timeout", "3m", "-failfast", child.Prove + "linear", "-rounds", "150"}},
		{name: "unit tests, race detector", args: []string{"-race", "-run", "ConcurrentSafe", "-timeout", "3m", "-failfast", child.Library + "internal/epoch", child.Library + "internal/shard"}},
		{name: "faults", args: []string{"-timeout", "3m", "-failfast", child.Prove + "faults"}},
		{name: "crash", args: []string{"-timeout", "3m", "-failfast", child.Prove + "crash", "-seeds", "3000"}},
	}
}

// patience is how long one judge may take, compiling included; then there is no
// verdict. A mutation that hangs runs into the timeout of its tests first.
const patience = 10 * time.Minute

var picture = regexp.MustCompile(`picture: (\S+)`)

// Verdict is what became of a mutation.
type Verdict struct {
	By   string // the judge that noticed; "" if none did
	Test string // its first test that failed
}

func (v Verdict) String() string {
	if v.By == "" {
		return "not noticed"
	}
	return v.By + ": " + v.Test
}

// Try asks the judges about m, one after the other, until one objects; of them only
// those whose name contains by.
// An error means that there is no verdict: an edit whose text is gone is
// overlay.ErrStale, and one that does not compile, or a judge that ran out of patience,
// is what the go command said.
func Try(ctx context.Context, m Mutation, by string) (v Verdict, err error) {
	order := judges()
	if m.Tests != "" {
		order = append(order, judge{name: named, tests: m.Tests, args: []string{
			"-gcflags=" + child.Library + "...=-N -l", // for the compiler is what takes the time
			"-timeout", "90s", "-failfast", "-run", m.Tests, child.Library + "pbuf",
		}})
		m.First = cmp.Or(m.First, named)
	}
	slices.SortStableFunc(order, func(a, b judge) int {
		return cmp.Compare(rank(a, m), rank(b, m))
	})
	for _, j := range order {
		if !strings.Contains(j.name, by) {
			continue
		}
		if v, err = j.try(ctx, m.Edits); err != nil || v.By != "" {
			return v, err
		}
	}
	return Verdict{}, nil
}

// rank is 0 for the judge that m asks for.
func rank(j judge, m Mutation) int {
	if j.name == m.First {
		return 0
	}
	return 1
}

// Acquits asks one judge about the library as it is: a judge that objects to it
// has noticed nothing.
func Acquits(ctx context.Context, name string) error {
	for _, j := range judges() {
		if j.name != name {
			continue
		}
		v, err := j.try(ctx, nil)
		if err == nil && v.By != "" {
			err = fmt.Errorf("mutation: the unbroken library does not get past %v", v)
		}
		return err
	}
	return fmt.Errorf("mutation: no judge is called %q", name)
}

func (j judge) try(ctx context.Context, edits []overlay.Edit) (v Verdict, err error) {
	o := overlay.Overlay{Points: j.points, Edits: append(j.edits, edits...)}
	if j.tests != "" {
		if o.Without, err = unneeded("pbuf", j.tests); err != nil {
			return v, err
		}
	}
	r, err := child.Test(ctx, o, patience, j.args...)
	if err != nil {
		return v, fmt.Errorf("%s: %w", j.name, err)
	}
	for _, m := range picture.FindAllStringSubmatch(r.Output, -1) {
		_ = os.Remove(m[1]) // of a bug that we made
	}
	if r.Passed {
		return v, nil
	}
	return Verdict{j.name, r.Test}, nil
}
