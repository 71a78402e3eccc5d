package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// measured is one benchmark at all the GOMAXPROCS it ran with.
type measured struct {
	bench string
	cells []cell
}

// benches are all that was measured, in order of their first figures.
func (r *report) benches() (all []measured) {
	for _, c := range r.order {
		i := slices.IndexFunc(all, func(m measured) bool { return m.bench == c.bench })
		if i < 0 {
			i = len(all)
			all = append(all, measured{bench: c.bench})
		}
		all[i].cells = append(all[i].cells, c)
	}
	for _, m := range all {
		slices.SortFunc(m.cells, func(a, b cell) int { return a.procs - b.procs })
	}
	return all
}

// heading names the benchmark and the processors that its columns hold.
func (m measured) heading() string {
	procs := make([]string, len(m.cells))
	for i, c := range m.cells {
		procs[i] = fmt.Sprint(c.procs)
	}
	return fmt.Sprintf("### %s, GOMAXPROCS %s", m.bench, strings.Join(procs, " / "))
}

// column is what a table shows of a unit.
type column struct {
	head, unit string
	divisor    float64
}

// percentiles of the latencies, in microseconds.
var percentiles = []column{
	{"p50", "p50-ns", 1000},
	{"p99", "p99-ns", 1000},
	{"p99.9", "p99.9-ns", 1000},
	{"p99.99", "p99.99-ns", 1000},
	{"max", "max-ns", 1000},
}

func (r *report) latencies(out io.Writer) {
	fmt.Fprint(out, "## Latency of one Put, 8 writers, microseconds\n\n")
	for _, m := range r.benches() {
		if strings.HasPrefix(m.bench, "Latency") {
			r.table(out, m, percentiles)
		}
	}
}

func (r *report) medians(out io.Writer) {
	fmt.Fprint(out, "## All medians\n\n")
	for _, m := range r.benches() {
		if strings.HasPrefix(m.bench, "Latency") {
			continue
		}
		var columns []column
		for _, unit := range r.units(m) {
			columns = append(columns, column{unit, unit, 1})
		}
		r.table(out, m, columns)
	}
}

// table has a row per contender.
func (r *report) table(out io.Writer, m measured, columns []column) {
	fmt.Fprintf(out, "%s\n\n| contender |", m.heading())
	for _, col := range columns {
		fmt.Fprintf(out, " %s |", col.head)
	}
	fmt.Fprintf(out, " rounds |\n|%s\n", strings.Repeat(" --- |", len(columns)+2))
	for _, buf := range r.contenders(m) {
		fmt.Fprintf(out, "| %s |", buf)
		rounds := 0
		for _, col := range columns {
			fmt.Fprintf(out, " %s |", r.values(m, buf, col))
			for _, c := range m.cells {
				rounds = max(rounds, len(r.of[c][buf][col.unit]))
			}
		}
		fmt.Fprintf(out, " %d |\n", rounds)
	}
	fmt.Fprintln(out)
}

// values are the medians at all GOMAXPROCS, once where they are the same.
func (r *report) values(m measured, buf string, col column) string {
	var all []string
	for _, c := range m.cells {
		v, ok := r.median(c, buf, col.unit)
		if !ok {
			all = append(all, "–")
			continue
		}
		all = append(all, number(v/col.divisor))
	}
	if len(slices.Compact(slices.Clone(all))) == 1 {
		return all[0]
	}
	return strings.Join(all, " / ")
}

func (r *report) units(m measured) (units []string) {
	for _, c := range m.cells {
		for _, s := range r.of[c] {
			for unit := range s {
				if !slices.Contains(units, unit) {
					units = append(units, unit)
				}
			}
		}
	}
	slices.Sort(units)
	return units
}

// contenders of a benchmark, us first.
func (r *report) contenders(m measured) (names []string) {
	for _, c := range m.cells {
		for buf := range r.of[c] {
			if !slices.Contains(names, buf) {
				names = append(names, buf)
			}
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		if (a == us) != (b == us) {
			if a == us {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	return names
}
