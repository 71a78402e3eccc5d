package main

import (
	"fmt"
	"io"
	"strings"
)

// report is what gets written.
type report struct {
	*figures
	date     string
	command  string
	rounds   int
	verdicts []verdict
	claims   []claim
	procs    []int
	plots    []plotFile
}

func (r *report) write(out io.Writer) {
	fmt.Fprintf(out, "# pbuf against its rivals, %s\n\n%s\n\n%s\n\n", r.date, r.losses(), r.againstLiteral())
	fmt.Fprintf(out, "Machine: %s. %d rounds; figures are medians over them.\n\n", r.machine(), r.rounds)
	fmt.Fprintf(out, "```\ncd benchmarks/rivals\n%s\n```\n\n", r.command)
	r.targetTable(out)
	r.claimList(out)
	for _, p := range r.plots {
		fmt.Fprintf(out, "![%s](%s)\n\n", p.title, p.name)
	}
	r.latencies(out)
	r.medians(out)
}

func (r *report) targetTable(out io.Writer) {
	fmt.Fprint(out, "## Targets\n\nTime of pbuf / time of the best mutex map with a swap, its name, and in brackets the lowest and highest ratio of one round. ✓ meets the target, ✗ misses it. gc=yes, gc=no: with or without a garbage collection before the clock, whichever is worse for pbuf. The last column is time of pbuf / time of `literal`.\n\n")
	fmt.Fprint(out, "| operation | GOMAXPROCS | pbuf, ns | best mutex, ns | ratio | target | | literal, ns | ratio |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	for _, v := range r.verdicts {
		title := v.title
		if v.kind == cold {
			title += ", " + strings.TrimPrefix(v.variant, v.bench+"/")
		}
		fmt.Fprintf(out, "| %s | %d | %s | %s (%s) | %.2f (%.2f–%.2f) | %.2f | %s | %s | %.2f |\n",
			title, v.procs, number(v.ours), number(v.theirs), v.best, v.ratio, v.low, v.high,
			v.target.ratio[v.procs], mark(v.met()), number(v.literal), v.ours/v.literal)
	}
	fmt.Fprintln(out)
}

func (r *report) claimList(out io.Writer) {
	fmt.Fprint(out, "## Other targets\n\n| target | measured | |\n| --- | --- | --- |\n")
	for _, c := range r.claims {
		fmt.Fprintf(out, "| %s | %s | %s |\n", c.what, c.found, mark(c.met))
	}
	fmt.Fprintln(out)
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
