package main

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// fixture is what a run of two rounds prints when our time is ratio times that
// of index16, the best mutex map, in every cell, and half that of literal; every
// other target is met.
func fixture(ratio float64) string {
	var s strings.Builder
	s.WriteString("date: 2000-01-02\ncommit: abc\ntoolchain: go1\ncores: 2\nblocks: oltp.gz\n")
	s.WriteString("goos: linux\ngoarch: amd64\npkg: example\ncpu: A Processor (TM) 9000   \n")
	for round := range 2 {
		for _, t := range targets {
			if t.unit == "max-ns" {
				continue // printed with the percentile
			}
			for _, procs := range slices.Sorted(maps.Keys(t.ratio)) {
				for _, variant := range t.variants() {
					ours := (100 + float64(round)) * ratio
					line(&s, variant, us, procs, ours, t.unit)
					line(&s, variant, literal, procs, 2*ours, t.unit)
					for i, buf := range mutexes {
						line(&s, variant, buf, procs, 100+float64(round)+10*float64((i+2)%6), t.unit)
					}
				}
			}
		}
		for _, bench := range overwrites {
			for _, procs := range []int{1, 2, 8} {
				if bench == "Put/dist=hot" {
					line(&s, bench, us, procs, 100, "ns/op")
				}
				line(&s, bench, "xsync3", procs, 1000, "ns/op")
			}
		}
		for _, m := range limits {
			if m.unit != "allocs/op" || m.bench == "Delete/then=put" {
				line(&s, m.bench, us, 2, m.value, m.unit)
			}
		}
		line(&s, "Drain", us, 2, 15, "ns/entry")
		line(&s, "Drain", "gomap", 2, 10, "ns/entry")
	}
	return s.String()
}

func line(s *strings.Builder, bench, buf string, procs int, value float64, unit string) {
	name := "Benchmark" + bench + "/buf=" + buf
	if procs > 1 {
		name += fmt.Sprintf("-%d", procs)
	}
	fmt.Fprintf(s, "%s\t1000\t%g %s", name, value, unit)
	switch unit {
	case "ns/op":
		s.WriteString("\t0 B/op\t0 allocs/op")
	case "p99.9-ns":
		for _, p := range percentiles {
			if p.unit != unit {
				fmt.Fprintf(s, "\t%g %s", value, p.unit)
			}
		}
	}
	s.WriteString("\n")
}

// without is the fixture with the lines that contain one of the parts left out.
func without(text string, parts ...string) string {
	var kept strings.Builder
	for l := range strings.Lines(text) {
		if !slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(l, part) }) {
			kept.WriteString(l)
		}
	}
	return kept.String()
}

func parse(t *testing.T, text string) *figures {
	t.Helper()
	f, err := read(strings.NewReader(text), "fixture")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func writtenReport(t *testing.T, text string) string {
	t.Helper()
	r := report{figures: parse(t, text), date: "2000-01-01", procs: []int{1, 2, 8}}
	var err error
	if r.verdicts, err = judge(r.figures); err != nil {
		t.Fatal(err)
	}
	if r.claims, err = judgeClaims(r.figures, r.procs); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	r.write(&out)
	return out.String()
}
