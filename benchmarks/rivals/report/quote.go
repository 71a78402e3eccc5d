package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// The lines of a page between which the figures of the newest report stand.
const (
	quoteBegins = "<!-- figures of the newest report; written by report -quote -->\n"
	quoteEnds   = "<!-- end of the figures -->\n"
)

// quoted are the targets that a page has room for; how many cells are lost is said of
// all of them.
var quoted = []string{
	"Fill/keys=100k", "First/op=put", "Insert/dist=unique", tracedBench, "FlushCold/every=1ms",
	"Put/dist=uniform", "Key/key=string16", "PutNewer/order=newer", "PutNewer/order=stale", "Get/find=hit",
	"PutAll/size=100/dist=uniform", "Latency/processor=fast", "LatencyGrowing/keys=1M",
}

var errQuote = errors.New("report: the page does not quote the newest report: go run ./report -quote")

// quote writes the figures of the newest report into a page, or, if check is set,
// returns errQuote if they are not there already.
func (o options) quote(page string, check bool) error {
	newest, err := o.newest()
	if err != nil {
		return err
	}
	raw, err := readRaw(filepath.Join(o.out, newest))
	if err != nil {
		return err
	}
	f, err := read(bytes.NewReader(raw), newest)
	if err != nil {
		return err
	}
	verdicts, err := judge(f)
	if err != nil {
		return err
	}
	content, err := os.ReadFile(page)
	if err != nil {
		return fmt.Errorf("report: -quote: %w", err)
	}
	before, rest, ok := strings.Cut(string(content), quoteBegins)
	_, after, ended := strings.Cut(rest, quoteEnds)
	if !ok || !ended {
		return fmt.Errorf("report: -quote %s: no lines %q and %q", page, quoteBegins, quoteEnds)
	}
	report := strings.TrimSuffix(newest, ".txt.gz") + ".md"
	text := before + quoteBegins + quotation(verdicts, f.machine(), report) + quoteEnds + after
	switch {
	case text == string(content):
		return nil
	case check:
		return fmt.Errorf("%w (%s, %s)", errQuote, page, newest)
	}
	return os.WriteFile(page, []byte(text), 0o644)
}

// newest names the figures of the newest report.
func (o options) newest() (string, error) {
	files, err := filepath.Glob(filepath.Join(o.out, "*.txt.gz"))
	if err != nil || len(files) == 0 {
		return "", fmt.Errorf("report: no figures (*.txt.gz) in %s", o.out)
	}
	return filepath.Base(slices.Max(files)), nil
}

// quotation is what a page says of a report: a line per quoted target, at all
// GOMAXPROCS. A ratio above 1 is a loss, and bold.
func quotation(verdicts []verdict, machine, report string) string {
	var s strings.Builder
	lost := 0
	for _, v := range verdicts {
		if v.lost() {
			lost++
		}
	}
	fmt.Fprintf(&s, "%s. The best of the six mutex maps is faster in %d of the %d cells ([report](benchmarks/results/%s)):\n\n",
		machine, lost, len(verdicts), report)
	s.WriteString("| ns, where no unit stands, at GOMAXPROCS 1 / 2 / 8 | pbuf | best mutex map | ratio |\n| --- | --- | --- | --- |\n")
	for _, t := range targets {
		if !slices.Contains(quoted, t.bench) {
			continue
		}
		var ours, theirs, ratios []string
		for _, procs := range []int{1, 2, 8} {
			i := slices.IndexFunc(verdicts, func(v verdict) bool { return v.title == t.title && v.procs == procs })
			if i < 0 {
				ours, theirs, ratios = append(ours, "–"), append(theirs, "–"), append(ratios, "–")
				continue
			}
			v := verdicts[i]
			ratio := fmt.Sprintf("%.2f", v.ratio)
			if v.lost() {
				ratio = "**" + ratio + "**"
			}
			ours, theirs, ratios = append(ours, short(v.ours)), append(theirs, short(v.theirs)), append(ratios, ratio)
		}
		fmt.Fprintf(&s, "| %s | %s | %s | %s |\n", t.title,
			strings.Join(ours, " / "), strings.Join(theirs, " / "), strings.Join(ratios, " / "))
	}
	return s.String()
}

// short is a number of nanoseconds, in a unit that leaves few digits.
func short(ns float64) string {
	switch {
	case ns >= 1e6:
		return number(ns/1e6) + " ms"
	case ns >= 1e3:
		return number(ns/1e3) + " µs"
	}
	return number(ns)
}
