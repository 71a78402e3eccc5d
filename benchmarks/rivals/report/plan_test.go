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

// runs counts the passes of a round that run the benchmark.
func runs(t *testing.T, passes []pass, name string) (n int) {
	t.Helper()
	for _, p := range passes {
		if p.selects(t, name) {
			n++
		}
	}
	return n
}

func TestPassesRunEveryTargetOnce(t *testing.T) {
	inTables := append(slices.Clone(targetPasses), tracePass)
	for _, target := range targets {
		for _, variant := range target.variants() {
			for _, buf := range append([]string{us, literal}, mutexes...) {
				name := "Benchmark" + variant + "/buf=" + buf
				if n := runs(t, inTables, name); n != 1 {
					t.Errorf("%s is run %d times in a round, want once", name, n)
				}
				if n := runs(t, otherPasses, name); n != 0 {
					t.Errorf("%s is run again by %d of the other passes", name, n)
				}
			}
		}
	}
}

func TestPassesRunEveryClaimOnce(t *testing.T) {
	all := slices.Concat(targetPasses, otherPasses)
	names := []string{"Drain/buf=pbuf", "Drain/buf=gomap"}
	for _, bench := range overwrites {
		names = append(names, bench+"/buf=xsync3")
	}
	for _, m := range limits {
		names = append(names, m.bench+"/buf="+us)
	}
	for _, name := range names {
		if n := runs(t, all, "Benchmark"+name); n != 1 {
			t.Errorf("%s is run %d times in a round, want once", name, n)
		}
	}
}

func TestArgsTurnTheContendersRound(t *testing.T) {
	args := pass{bench: "^X$", time: "100ms"}.args("1,2,8", "", 3)
	for _, want := range []string{"-rotate=3", "-test.cpu=1,2,8", "-test.benchtime=100ms", "-test.timeout=0"} {
		if !slices.Contains(args, want) {
			t.Errorf("%v lacks %s", args, want)
		}
	}
	counted := pass{bench: "^X$", time: "1x", cpu: "2"}.args("1,2,8", "5ms", 0)
	if !slices.Contains(counted, "-test.benchtime=1x") || !slices.Contains(counted, "-test.cpu=2") {
		t.Errorf("%v: counts and processors of a pass stay", counted)
	}
	trial := pass{bench: "^X$", time: "1000000x"}.args("1,2,8", "1x", 0)
	if !slices.Contains(trial, "-test.benchtime=1x") {
		t.Errorf("%v: a count replaces a count", trial)
	}
}
