package main

import (
	"fmt"
	"io"
	"strings"
)

var percentiles = []string{"p50-ns", "p99-ns", "p99.9-ns", "p99.99-ns", "max-ns"}

// latencies is a table per latency benchmark, in microseconds.
func (r *report) latencies(out io.Writer) {
	fmt.Fprint(out, "## Latency of one Put, 8 writers, zipf, flush every 10 ms, microseconds\n\n")
	for _, c := range r.order {
		if !strings.HasPrefix(c.bench, "Latency") {
			continue
		}
		fmt.Fprintf(out, "%s, GOMAXPROCS %d\n\n| contender | p50 | p99 | p99.9 | p99.99 | max | rounds |\n| --- | --- | --- | --- | --- | --- | --- |\n",
			strings.TrimPrefix(c.bench, "Latency/"), c.procs)
		for _, buf := range r.contenders(c) {
			fmt.Fprintf(out, "| %s |", buf)
			for _, unit := range percentiles {
				m, _ := r.median(c, buf, unit)
				fmt.Fprintf(out, " %s |", number(m/1000))
			}
			fmt.Fprintf(out, " %d |\n", len(r.of[c][buf][percentiles[0]]))
		}
		fmt.Fprintln(out)
	}
}
