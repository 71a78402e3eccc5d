//go:build pbuf_points

package schedules

import (
	"flag"
	"fmt"
	"testing"

	"github.com/partitioned-buffer/go/internal/prove/points"
	"github.com/partitioned-buffer/go/internal/prove/sched"
)

var (
	bound    = flag.Int("bound", 2, "preemptions of the schedules that are enumerated")
	limit    = flag.Int("limit", 100_000, "most schedules of one program to enumerate")
	sample   = flag.Int("sample", 2_000, "random schedules of each listed program")
	programs = flag.Int("programs", 2_000, "random programs")
	each     = flag.Int("each", 50, "random schedules of each random program")
	seed     = flag.Uint64("seed", 1, "of all that is random")
)

// sums adds up what was explored.
type sums struct {
	programs, schedules int
	complete            map[int]int // by preemptions: programs that were enumerated to the end
}

// TestExplore runs every listed program under every schedule within the bounds.
func TestExplore(t *testing.T) {
	run := hooked(t)
	sum := sums{complete: map[int]int{}}
	for _, p := range Programs() {
		t.Run(p.Name, func(t *testing.T) { sum.explore(t, run, p.Fresh()) })
	}
	t.Log(&sum)
}

// TestGate does the same for the gate alone.
func TestGate(t *testing.T) {
	run := hooked(t)
	sum := sums{complete: map[int]int{}}
	for _, c := range []struct{ goroutines, visits int }{{1, 3}, {2, 2}, {3, 1}, {4, 1}} {
		sum.explore(t, run, gateProgram(c.goroutines, c.visits))
	}
	t.Log(&sum)
}

// TestRandomPrograms runs programs that nobody chose under random schedules.
func TestRandomPrograms(t *testing.T) {
	run := hooked(t)
	for n := range *programs {
		p := Draw(*seed, uint64(n))
		if drawn, err := run.Sample(p.Fresh(), *seed, *each); err != nil {
			t.Fatalf("program %d of seed %d, schedule %d: %v\n%+v", n, *seed, drawn.Runs, err, p)
		}
	}
	t.Logf("explored: %d programs, %d schedules", *programs, *programs**each)
}

// hooked puts the library under the scheduler.
func hooked(t *testing.T) *sched.Run {
	run := new(sched.Run)
	points.Set(run)
	t.Cleanup(func() {
		points.Set(nil)
		if !points.Passed() {
			t.Error("no point was passed: the library was compiled without the overlay")
		}
	})
	return run
}

func (s *sums) explore(t *testing.T, run *sched.Run, p sched.Program) {
	t.Helper()
	most, runs, n := *bound, *limit, *sample
	if bodies, _ := p(); len(bodies) <= 2 { // they are short: one preemption more, and deep schedules
		most, runs, n = most+1, 10*runs, 10*n
	}
	for b := range most + 1 {
		enumerated, err := run.Explore(p, b, runs)
		if err != nil {
			t.Fatalf("after %d schedules of %d preemptions: %v", enumerated.Runs, b, err)
		}
		s.schedules += enumerated.Runs
		if enumerated.Complete {
			s.complete[b]++
		}
	}
	drawn, err := run.Sample(p, *seed, n)
	if err != nil {
		t.Fatalf("random schedule %d of seed %d: %v", drawn.Runs, *seed, err)
	}
	s.programs++
	s.schedules += drawn.Runs
}

// String says what was explored.
func (s *sums) String() string {
	text := fmt.Sprintf("explored: %d programs, %d schedules", s.programs, s.schedules)
	for b := range *bound + 2 {
		text += fmt.Sprintf(", %d programs under all schedules of %d preemptions", s.complete[b], b)
	}
	return text
}
