package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// selects says whether go test would run the benchmark for the pass: patterns
// are matched level by level.
func (p pass) selects(t *testing.T, name string) bool {
	t.Helper()
	levels := strings.Split(name, "/")
	for i, pattern := range strings.Split(p.bench, "/") {
		re, err := regexp.Compile(pattern)
		if err != nil {
			t.Fatalf("pattern %q of %q: %v", pattern, p.bench, err)
		}
		if i < len(levels) && !re.MatchString(levels[i]) {
			return false
		}
	}
	return true
}

func TestTargetPassesRunEveryTargetOnce(t *testing.T) {
	for _, target := range targets {
		for _, buf := range append([]string{us}, mutexes...) {
			name := "Benchmark" + target.bench + "/buf=" + buf
			runs := 0
			for _, p := range targetPasses {
				if p.selects(t, name) {
					runs++
				}
			}
			if runs != 1 {
				t.Errorf("%s is run %d times in a round, want once", name, runs)
			}
		}
	}
}

func TestOtherPassesLeaveTheTargetsAlone(t *testing.T) {
	for _, target := range targets {
		for _, p := range otherPasses {
			if name := "Benchmark" + target.bench + "/buf=" + us; p.selects(t, name) {
				t.Errorf("%s is run again by %s", name, p.bench)
			}
		}
	}
}

func TestArgsTurnTheContendersRound(t *testing.T) {
	args := targetPasses[0].args("1,2,8", "", 3)
	for _, want := range []string{"-rotate=3", "-test.cpu=1,2,8", "-test.benchtime=100ms", "-test.timeout=0"} {
		if !slices.Contains(args, want) {
			t.Errorf("%v lacks %s", args, want)
		}
	}
	counted := pass{bench: "^X$", time: "1x", cpu: "2"}.args("1,2,8", "5ms", 0)
	if !slices.Contains(counted, "-test.benchtime=1x") || !slices.Contains(counted, "-test.cpu=2") {
		t.Errorf("%v: counts and processors of a pass stay", counted)
	}
}
