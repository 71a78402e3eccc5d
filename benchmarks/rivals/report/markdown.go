package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// report is what gets written.
type report struct {
	*figures
	machine  machine
	date     string
	commands []string
	rounds   int
	verdicts []verdict
	procs    []int
	plots    []plotFile
}

func (r *report) write(out io.Writer) {
	fmt.Fprintf(out, "# pbuf against its rivals, %s\n\n%s\n\n", r.date, r.losses())
	fmt.Fprintf(out, "Machine: %s. %d rounds; figures are medians over them.\n\n", r.machine, r.rounds)
	fmt.Fprintf(out, "```\n%s\n```\n\n", strings.Join(r.commands, "\n"))
	r.targetTable(out)
	r.claimList(out)
	r.latencies(out)
	for _, p := range r.plots {
		fmt.Fprintf(out, "![%s](%s)\n\n", p.title, p.name)
	}
	fmt.Fprint(out, "## All medians\n\n")
	for _, c := range r.order {
		if strings.HasPrefix(c.bench, "Latency") {
			continue
		}
		r.medians(out, c)
	}
}

// losses is the first paragraph: where the best mutex map is faster, and which
// targets are missed.
func (r *report) losses() string {
	var lost, missed []string
	for _, v := range r.verdicts {
		if v.lost() {
			lost = append(lost, v.String())
		}
		if !v.met() {
			missed = append(missed, fmt.Sprintf("%s at GOMAXPROCS %d (%.2f, target %.2f)", v.title, v.procs, v.ratio, v.target.ratio[v.procs]))
		}
	}
	cells := len(r.verdicts)
	var s strings.Builder
	if len(lost) == 0 {
		fmt.Fprintf(&s, "pbuf is slower than the best mutex map in none of %d cells. ", cells)
	} else {
		fmt.Fprintf(&s, "**pbuf loses to the best mutex map in %d of %d cells** (time ratio, above 1 is slower): %s. ", len(lost), cells, strings.Join(lost, "; "))
	}
	if len(missed) == 0 {
		s.WriteString("No target is missed.")
	} else {
		fmt.Fprintf(&s, "It misses the target in %d: %s.", len(missed), strings.Join(missed, "; "))
	}
	if failed := r.failedClaims(); len(failed) > 0 {
		fmt.Fprintf(&s, " Not met either: %s.", strings.Join(failed, "; "))
	}
	return s.String()
}

func (r *report) failedClaims() (failed []string) {
	for _, c := range r.claims(r.procs) {
		if !c.met {
			failed = append(failed, fmt.Sprintf("%s (%s)", c.what, c.found))
		}
	}
	return failed
}

func (r *report) targetTable(out io.Writer) {
	fmt.Fprint(out, "## Targets\n\nTime of pbuf / time of the best mutex map with a swap, its name, and in brackets the lowest and highest ratio of one round. ✓ meets the target, ✗ misses it.\n\n")
	fmt.Fprint(out, "| operation | GOMAXPROCS | pbuf, ns | best mutex, ns | ratio | target | |\n| --- | --- | --- | --- | --- | --- | --- |\n")
	for _, v := range r.verdicts {
		fmt.Fprintf(out, "| %s | %d | %s | %s (%s) | %.2f (%.2f–%.2f) | %.2f | %s |\n",
			v.title, v.procs, number(v.ours), number(v.theirs), v.best, v.ratio, v.low, v.high, v.target.ratio[v.procs], mark(v.met()))
	}
	fmt.Fprintln(out)
}

func (r *report) claimList(out io.Writer) {
	fmt.Fprint(out, "## Other targets\n\n| target | measured | |\n| --- | --- | --- |\n")
	for _, c := range r.claims(r.procs) {
		fmt.Fprintf(out, "| %s | %s | %s |\n", c.what, c.found, mark(c.met))
	}
	fmt.Fprintln(out)
}

// medians is a table of one benchmark: a row per contender, a column per unit.
func (r *report) medians(out io.Writer, c cell) {
	units := r.units(c)
	fmt.Fprintf(out, "### %s, GOMAXPROCS %d\n\n| contender | %s | rounds |\n|%s\n",
		c.bench, c.procs, strings.Join(units, " | "), strings.Repeat(" --- |", len(units)+2))
	for _, buf := range r.contenders(c) {
		fmt.Fprintf(out, "| %s |", buf)
		rounds := 0
		for _, unit := range units {
			m, ok := r.median(c, buf, unit)
			if !ok {
				fmt.Fprint(out, " – |")
				continue
			}
			rounds = max(rounds, len(r.of[c][buf][unit]))
			fmt.Fprintf(out, " %s |", number(m))
		}
		fmt.Fprintf(out, " %d |\n", rounds)
	}
	fmt.Fprintln(out)
}

func (r *report) units(c cell) (units []string) {
	for _, s := range r.of[c] {
		for unit := range s {
			if !slices.Contains(units, unit) {
				units = append(units, unit)
			}
		}
	}
	slices.Sort(units)
	return units
}

// contenders of a benchmark, us first.
func (r *report) contenders(c cell) (names []string) {
	for buf := range r.of[c] {
		names = append(names, buf)
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

func mark(met bool) string {
	if met {
		return "✓"
	}
	return "✗"
}

func number(v float64) string {
	switch {
	case v == 0:
		return "0"
	case v < 10:
		return fmt.Sprintf("%.2f", v)
	case v < 100:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}
