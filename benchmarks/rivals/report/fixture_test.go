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
// of index16, the best mutex map, in every cell.
func fixture(ratio float64) string {
	var s strings.Builder
	s.WriteString("goos: linux\ngoarch: amd64\npkg: example\ncpu: A Processor (TM) 9000\n")
	for round := range 2 {
		for _, t := range targets {
			for _, procs := range slices.Sorted(maps.Keys(t.ratio)) {
				line(&s, t, us, procs, (100+float64(round))*ratio)
				for i, buf := range mutexes {
					line(&s, t, buf, procs, 100+float64(round)+10*float64((i+2)%6))
				}
			}
		}
	}
	return s.String()
}

func line(s *strings.Builder, t target, buf string, procs int, value float64) {
	name := "Benchmark" + t.bench + "/buf=" + buf
	if procs > 1 {
		name += fmt.Sprintf("-%d", procs)
	}
	fmt.Fprintf(s, "%s\t1000\t%g %s", name, value, t.unit)
	if t.unit == "ns/op" {
		s.WriteString("\t0 B/op\t0 allocs/op")
	} else {
		for _, p := range percentiles {
			if p != t.unit {
				fmt.Fprintf(s, "\t%g %s", value, p)
			}
		}
	}
	s.WriteString("\n")
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
	var out bytes.Buffer
	r.write(&out)
	return out.String()
}
