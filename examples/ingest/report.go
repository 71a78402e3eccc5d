package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// printResult writes what the replay did.
func printResult(out io.Writer, f *feed, speed float64, r *result) {
	line := func(name, format string, args ...any) {
		fmt.Fprintf(out, "%-12s%s\n", name, fmt.Sprintf(format, args...))
	}
	pace := "as fast as it went"
	if speed > 0 {
		pace = humanize.Commaf(speed) + " times faster than it happened"
	}
	if r.interrupted {
		pace += ", interrupted"
	}
	line("replayed", "%s to %s UTC in %.2f s, %s", utc(f.start()), utc(r.untilMS), r.took.Seconds(), pace)
	line("puts", "%s", count(r.puts))
	line("stored", "%s newer than what the buffer held", count(r.stored))
	line("stale", "%s not newer, dropped at once", count(r.puts-r.stored))
	line("upserted", "%s in %s batches; %s gave way to a newer version in the buffer",
		count(r.books.Delivered), count(r.books.Batches-r.books.CallsFailed), count(r.books.Overwritten))
	if r.books.CallsFailed > 0 {
		line("failed", "%s batches of %s events", count(r.books.CallsFailed), count(r.books.Failed))
	}
	line("requeued", "%s", count(r.books.Requeued))
	line("dropped", "%s", count(r.books.Dropped))
	if n := r.books.Delivered; n > 0 {
		line("coalescing", "%s puts per upsert", humanize.CommafWithDigits(float64(r.puts)/float64(n), 1))
	}
	line("put latency", "p50 %v, p99 %v, p99.9 %v, max %v (one clock reading included)",
		r.quantile(50), r.quantile(99), r.quantile(99.9), time.Duration(r.latency.Max()))
	if r.undelivered != nil {
		line("undelivered", "%v", r.undelivered)
	}
}

func (r *result) quantile(percent float64) time.Duration {
	return time.Duration(r.latency.ValueAtQuantile(percent))
}

// mostDifferences is how many are printed.
const mostDifferences = 10

// printVerdict writes how the table compares with the data.
func printVerdict(out io.Writer, rows int, differences []string) {
	fmt.Fprintf(out, "%-12s%s\n", "rows", count(rows))
	if len(differences) == 0 {
		fmt.Fprintf(out, "%-12s%s\n", "verified", "every row has the newest version that was put, every column equal; none missing")
		return
	}
	shown := differences[:min(len(differences), mostDifferences)]
	fmt.Fprintf(out, "%-12s%s rows\n  %s\n", "DIFFERENT", count(len(differences)), strings.Join(shown, "\n  "))
	if more := len(differences) - len(shown); more > 0 {
		fmt.Fprintf(out, "  and %s more\n", count(more))
	}
}

// count writes 1234567 as 1,234,567.
func count[N int | int64 | uint64](n N) string { return humanize.Comma(int64(n)) }
