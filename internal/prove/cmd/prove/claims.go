package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/partitioned-buffer/go/internal/prove/child"
	"github.com/partitioned-buffer/go/internal/prove/degenerate"
	"github.com/partitioned-buffer/go/internal/prove/overlay"
	"github.com/partitioned-buffer/go/internal/prove/schedules"
)

// claim is something that the design says, and how it is checked.
type claim struct {
	invariants string
	name       string
	how        string
	check      func(context.Context) outcome
}

type outcome struct {
	explored []string
	err      error
}

const patience = 30 * time.Minute

func claims(long bool) []claim {
	n := func(ci int) string { // of what is random
		if long {
			ci *= 10
		}
		return fmt.Sprint(ci)
	}
	points := overlay.Overlay{Points: true}
	explore := func(run string, args ...string) func(context.Context) outcome {
		return tests(points, append([]string{"-tags", "pbuf_points", "-timeout", "0", "-run", run, child.Prove + "schedules"}, args...)...)
	}
	return []claim{
		{"E1 E2", "gate", "the gate's own code under every schedule of few preemptions, and random ones", explore("TestGate", "-sample", n(3000))},
		{
			"S1-S3 G1-G4", "schedules", "the shard's own code under every schedule of few preemptions, and random ones: histories against the model (porcupine)",
			explore("TestExplore|TestWalk", "-limit", n(12000), "-sample", n(1000)),
		},
		{
			"S1-S3 G1-G4", "random programs", "the same for programs that nobody chose",
			explore("TestRandomPrograms", "-programs", n(3000), "-each", "40"),
		},
		{
			"S1-S3 G1-G4", "growth", "the listed programs, with tables that grow at every insert: overwrite, Delete, Lookup, Merge, restore, Walk, retire and Stop in the middle",
			tests(overlay.Overlay{Points: true, Edits: degenerate.Growing()}, "-tags", "pbuf_points", "-timeout", "0", "-run", "TestExplore|TestWalk",
				child.Prove+"schedules", "-bound", "2", "-limit", n(3000), "-sample", n(300)),
		},
		{
			"Checkpoint", "flushers", "a Map's own flushers, worker and Checkpoint beside writers, failed deliveries and Stop, likewise: done is settled, and everything that waits is told",
			tests(overlay.Overlay{Points: true, Edits: schedules.Flushers()}, "-tags", schedules.FlushersTags, "-timeout", "0", "-run", "TestCheckpoints|TestTurn",
				child.Prove+"schedules", "-bound", "1", "-limit", n(2000), "-sample", n(200)),
		},
		{
			"E1-G4", "negative controls", "the library broken in one place: the checks above must notice",
			tests(overlay.Overlay{}, "-timeout", "0", "-run", "TestControls|TestEdits", child.Prove+"mutation", "-controls"),
		},
		{"S1-S3 G1-G4", "model", "the Promela model and its broken variants, exhaustively (spin)", model},
		{
			"G1-G4", "histories", "real threads, race detector: linearizable, key by key and as a whole (porcupine)",
			tests(overlay.Overlay{}, "-race", child.Prove+"linear", "-rounds", n(600)),
		},
		{
			"G1-G4", "perturbed histories", "the same with every atomic step perturbed",
			tests(points, "-race", child.Prove+"linear", "-rounds", n(400)),
		},
		{
			"G1-G4", "growing histories", "the same, with tables that grow at every insert too",
			tests(overlay.Overlay{Points: true, Edits: degenerate.Growing()}, "-race", "-run", "Partition", child.Prove+"linear", "-rounds", n(300)),
		},
		{
			"G1 G4", "properties", "random operations, failed deliveries and options against a mutex and maps, which are the benchmarks' rival too (rapid)",
			tests(overlay.Overlay{}, child.Prove+"property", child.Prove+"reference", "-rapid.checks", n(1500), "-rapid.nofailfile"),
		},
		{
			"G1 G4 S1", "degenerate", "properties and schedules with bad hashes, no room, counters about to wrap",
			tests(overlay.Overlay{}, "-timeout", "0", child.Prove+"degenerate", "-checks", "200", "-programs", n(300), "-sample", n(200)),
		},
		{
			"G1 G3", "faults", "user code and contexts at their worst, race detector",
			tests(overlay.Overlay{}, "-race", child.Prove+"faults"),
		},
		{
			"Checkpoint", "crash", "a source that delivers again what was not acknowledged ends with a table that equals its log; other rules do not",
			tests(overlay.Overlay{}, child.Prove+"crash", "-seeds", n(1500)),
		},
		{
			"Checkpoint", "fleet", "many such processes, killed, frozen and scaled over a broker that loses, repeats and reorders: the table equals the log, nothing is acknowledged that it lacks; each rule left out is noticed",
			tests(overlay.Overlay{}, child.Prove+"fleet", "-rapid.checks", n(2000), "-rapid.nofailfile"),
		},
		{
			"G1 G3 S2", "stress", "every *ConcurrentSafe test, race detector, 1 and 16 processors, perturbed",
			tests(points, "-race", "-run", "ConcurrentSafe", "-cpu", "1,16", "-count", n(1), child.Prove+"linear", child.Prove+"faults"),
		},
		{
			"G1", "first generations", "a million keys into a new buffer, a flush every millisecond, race detector: the last write of each is delivered, and the books balance",
			tests(overlay.Overlay{}, "-race", "-run", "FirstGenerations", child.Prove+"soak"),
		},
		{
			"memory", "spikes", "half a million keys in one interval (with -long, five million), delivered: three intervals later the buffer is as small as a fresh one",
			tests(overlay.Overlay{}, "-run", "Spikes", child.Prove+"soak", "-spike", n(500_000)),
		},
		{"G1 G3", "soak", "16 goroutines, a flush every millisecond, faults: ledger, memory, goroutines", tests(overlay.Overlay{}, child.Prove+"soak")},
		{"G1 G4", "fuzz operations", "bytes as operations against the reference", fuzz("FuzzOperations", n(6))},
		{"G4", "fuzz versions", "versions around the marks and the limits of int64", fuzz("FuzzVersions", n(4))},
		{"options", "fuzz options", "arbitrary numbers: refused by name, or they work", fuzz("FuzzOptions", n(4))},
		{"options", "fuzz delivery options", "the same for retries and bounds, and they survive a failure", fuzz("FuzzDeliveryOptions", n(4))},
		{"keys", "fuzz keys", "keys of every kind through routing and index, NaN too", fuzz("FuzzKeys", n(6))},
	}
}

// tests is a check by go test with args on the library changed by o.
func tests(o overlay.Overlay, args ...string) func(context.Context) outcome {
	return func(ctx context.Context) outcome {
		r, err := child.Test(ctx, o, patience, args...)
		if err == nil && !r.Passed {
			err = fmt.Errorf("%s\n%s", r.Test, r.Output)
		}
		if err == nil && len(r.Explored) == 0 {
			err = fmt.Errorf("no test said what it explored:\n%s", r.Output)
		}
		return outcome{r.Explored, err}
	}
}

// fuzz is a check by a fuzz target for some seconds.
func fuzz(target, seconds string) func(context.Context) outcome {
	return func(ctx context.Context) outcome {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		out, err := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-fuzz", "^"+target+"$",
			"-fuzztime", seconds+"s", child.Prove+"fuzz").CombinedOutput()
		if err != nil {
			return outcome{err: fmt.Errorf("%w\n%s", err, out)}
		}
		last := ""
		for line := range strings.Lines(string(out)) {
			if _, execs, ok := strings.Cut(line, "execs: "); ok {
				last = strings.TrimSpace(execs)
			}
		}
		return outcome{explored: []string{last + " executions"}}
	}
}

// model is the check by the model beside the shard.
func model(ctx context.Context) outcome {
	root, err := overlay.Root()
	if err != nil {
		return outcome{err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(root, "internal/shard/model/run.sh"), "quick")
	cmd.Env = append(os.Environ(), "JOBS=2")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return outcome{err: fmt.Errorf("model: %w\n%s", err, out)}
	}
	return outcome{explored: modelled(string(out))}
}

// modelled counts the lines of run.sh: name | mode | states | ...
func modelled(out string) []string {
	checks, states, broken := 0, 0.0, 0
	for line := range strings.Lines(out) {
		fields := strings.Split(line, "|")
		if len(fields) < 7 {
			continue
		}
		var n float64
		if _, err := fmt.Sscan(strings.TrimSpace(fields[2]), &n); err != nil {
			continue // the header
		}
		checks++
		states += n
		if strings.TrimSpace(fields[4]) != "0" {
			broken++
		}
	}
	return []string{fmt.Sprintf("%d configurations, %.1f M states, %d broken variants refuted", checks, states/1e6, broken)}
}
