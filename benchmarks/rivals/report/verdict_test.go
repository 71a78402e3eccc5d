package main

import (
	"math"
	"testing"
)

// cells are 22 targets at three GOMAXPROCS and one at two.
const cells = 22*3 + 2

func TestJudgeComparesWithTheBestMutexMap(t *testing.T) {
	verdicts, err := judge(parse(t, fixture(0.5)))
	if err != nil {
		t.Fatal(err)
	}
	if len(verdicts) != cells {
		t.Errorf("%d cells, want %d", len(verdicts), cells)
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
	for _, gone := range []string{
		"BenchmarkInsert/dist=unique/buf=pbuf-2\t", "BenchmarkGet/find=hit/", "BenchmarkGet/find=hit/buf=mutex02-8\t",
		"BenchmarkGet/find=hit/buf=literal\t", "BenchmarkFirst/op=get/gc=yes/buf=pbuf-2\t", "BenchmarkTrace/dist=trace/buf=index64\t",
	} {
		if _, err := judge(parse(t, without(fixture(1), gone))); err == nil {
			t.Errorf("no error without %q", gone)
		}
	}
}

func TestJudgeNeedsNoTrace(t *testing.T) {
	verdicts, err := judge(parse(t, without(fixture(1), "BenchmarkTrace/")))
	if err != nil || len(verdicts) != cells-3 {
		t.Errorf("%d cells, %v, want %d without the trace", len(verdicts), err, cells-3)
	}
}

func TestJudgeTakesTheWorseOfTwoCollections(t *testing.T) {
	for _, worse := range []string{"gc=no", "gc=yes"} {
		slow := "BenchmarkFirst/op=get/" + worse + "/buf=pbuf-2"
		text := without(fixture(0.5), slow) + slow + "\t10 300 ns/op\n"
		verdicts, err := judge(parse(t, text))
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range verdicts {
			if v.bench == "First/op=get" && v.procs == 2 {
				if v.variant != "First/op=get/"+worse || v.ours != 300 || !v.lost() {
					t.Errorf("%s with %v ns counts, want that with 300 ns of %s", v.variant, v.ours, worse)
				}
			} else if v.lost() {
				t.Errorf("%s is lost, but not slow", v)
			}
		}
	}
}

func TestSpreadIsOverRounds(t *testing.T) {
	if low, high := spread([]float64{10, 30, 20}, []float64{10, 10, 40}); low != 0.5 || high != 3 {
		t.Errorf("spread %v to %v, want 0.5 to 3", low, high)
	}
}
