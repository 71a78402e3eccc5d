package main

import (
	"math"
	"strings"
	"testing"
)

func TestJudgeComparesWithTheBestMutexMap(t *testing.T) {
	verdicts, err := judge(parse(t, fixture(0.5)))
	if err != nil {
		t.Fatal(err)
	}
	if len(verdicts) != 10*3+2 {
		t.Errorf("%d cells, want 32", len(verdicts))
	}
	for _, v := range verdicts {
		if v.best != "index16" || math.Abs(v.ratio-0.5) > 1e-9 || math.Abs(v.low-0.5) > 1e-9 || math.Abs(v.high-0.5) > 1e-9 {
			t.Errorf("%s: %.3f (%.3f to %.3f) against %s, want 0.5 against index16", v, v.ratio, v.low, v.high, v.best)
		}
		if v.lost() || v.met() != (v.target.ratio[v.procs] >= 0.5) {
			t.Errorf("%s: lost %v, met %v", v, v.lost(), v.met())
		}
	}
}

func TestJudgeRefusesHoles(t *testing.T) {
	whole := fixture(1)
	for _, gone := range []string{"BenchmarkInsert/dist=unique/buf=pbuf-2\t", "BenchmarkGet/find=hit/"} {
		var kept []string
		for line := range strings.Lines(whole) {
			if !strings.HasPrefix(line, gone) {
				kept = append(kept, line)
			}
		}
		if _, err := judge(parse(t, strings.Join(kept, ""))); err == nil {
			t.Errorf("no error without %q", gone)
		}
	}
}

func TestSpreadIsOverRounds(t *testing.T) {
	if low, high := spread([]float64{10, 30, 20}, []float64{10, 10, 40}); low != 0.5 || high != 3 {
		t.Errorf("spread %v to %v, want 0.5 to 3", low, high)
	}
}
