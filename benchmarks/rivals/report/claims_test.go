package main

import (
	"fmt"
	"strings"
	"testing"
)

func claimed(t *testing.T, text string) map[string]bool {
	t.Helper()
	all, err := judgeClaims(parse(t, text), []int{1, 2, 8})
	if err != nil {
		t.Fatal(err)
	}
	met := map[string]bool{}
	for _, c := range all {
		met[c.what] = c.met
	}
	if want := len(overwrites)*3 + len(limits) + 1; len(met) != want || len(all) != want {
		t.Errorf("%d claims, %d of them different, want %d", len(all), len(met), want)
	}
	return met
}

func TestClaimsHoldAtTheirLimits(t *testing.T) {
	for what, met := range claimed(t, fixture(0.5)) {
		if !met {
			t.Errorf("not met: %s", what)
		}
	}
}

// Each claim fails, and no other, once the figures say so: a benchmark that ran
// at more processors counts with its worst.
func TestClaimsFailAlone(t *testing.T) {
	whole := without(fixture(0.5), "Drain/buf=pbuf")
	for _, m := range append(limits, most{
		fmt.Sprintf("drain within %.0fx of ranging over a Go map at GOMAXPROCS 2", drainLimit), "Drain", "ns/entry", 10 * drainLimit,
	}) {
		text := whole
		if m.bench != "Drain" {
			text = fixture(0.5)
		}
		// Three rounds decide the median of the fixture's two.
		text += strings.Repeat(fmt.Sprintf("Benchmark%s/buf=pbuf-2 1 %g %s\n", m.bench, m.value+0.5, m.unit), 3)
		for what, met := range claimed(t, text) {
			if met == (what == m.what) {
				t.Errorf("with %v %s of %s: %q met is %v", m.value+0.5, m.unit, m.bench, what, met)
			}
		}
	}
	slow := without(fixture(0.5), "Put/dist=hot/buf=pbuf-8") + "BenchmarkPut/dist=hot/buf=pbuf-8 1 1001 ns/op 0 allocs/op\n"
	for what, met := range claimed(t, slow) {
		if met == strings.Contains(what, "Put/dist=hot at GOMAXPROCS 8") {
			t.Errorf("slower than xsync: %q met is %v", what, met)
		}
	}
}

func TestClaimsRefuseHoles(t *testing.T) {
	for _, gone := range []string{"Put/dist=hot/buf=pbuf-8", "Key/key=string16/buf=xsync3\t", "Spike/then=idle", "Drain/buf=gomap", "Drain/buf=pbuf", "Delete/"} {
		if _, err := judgeClaims(parse(t, without(fixture(0.5), gone)), []int{1, 2, 8}); err == nil {
			t.Errorf("no error without %q", gone)
		}
	}
}
