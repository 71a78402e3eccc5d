package main

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

type options struct {
	tables bool
	from   string
	cpu    string
	rounds int
	time   string
	out    string
	root   string
	rivals string
	blocks string
	page   string
	check  bool
}

func main() {
	var o options
	flag.BoolVar(&o.tables, "tables", false, "run the targets only and print a benchstat table for each rival")
	flag.StringVar(&o.from, "from", "", "use the figures in this file, the .txt.gz beside a report or the output of go test -bench, instead of running")
	flag.StringVar(&o.cpu, "cpu", "1,2,8", "values of GOMAXPROCS; the targets are for 1, 2 and 8")
	flag.IntVar(&o.rounds, "rounds", 6, "how often everything is run")
	flag.StringVar(&o.time, "benchtime", "", "how long each benchmark runs, for a trial of the program; default as planned")
	flag.StringVar(&o.out, "out", "", "directory of the report; default benchmarks/results")
	flag.StringVar(&o.root, "root", "../..", "root of the repository")
	flag.StringVar(&o.rivals, "rivals", strings.Join(append(slices.Clone(mutexes), literal, "xsync3"), ","), "rivals of -tables")
	flag.StringVar(&o.blocks, "blocks", "", "a recorded block trace to replay as well (see BenchmarkTrace)")
	flag.StringVar(&o.page, "quote", "", "write the figures of the newest report into this page, between the lines that say so, instead of running")
	flag.BoolVar(&o.check, "check", false, "with -quote: fail if they are not there, and write nothing")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(o options) error {
	if o.out == "" {
		o.out = filepath.Join(o.root, "benchmarks", "results")
	}
	if o.page != "" {
		return o.quote(o.page, o.check)
	}
	raw, err := o.figures()
	if err != nil {
		return err
	}
	if o.tables {
		return o.printTables(raw)
	}
	return o.writeReport(raw)
}

// figures runs the benchmarks, or reads what a run printed.
func (o options) figures() ([]byte, error) {
	if o.from != "" {
		return readRaw(o.from)
	}
	var raw bytes.Buffer
	r := runner{root: o.root, cpu: o.cpu, rounds: o.rounds, time: o.time, out: io.MultiWriter(&raw, os.Stderr), log: os.Stderr}
	clean, err := r.build()
	if err != nil {
		return nil, err
	}
	defer clean()
	passes := slices.Clone(targetPasses)
	if o.blocks != "" {
		if r.blocks, err = filepath.Abs(o.blocks); err != nil {
			return nil, fmt.Errorf("report: the trace: %w", err)
		}
		passes = append(passes, tracePass)
	}
	if !o.tables {
		passes = append(passes, otherPasses...)
		writeOrigin(&raw, o.root, o.blocks)
	}
	if err := r.run(passes); err != nil {
		return nil, err
	}
	return raw.Bytes(), nil
}

func (o options) printTables(raw []byte) error {
	file, err := os.CreateTemp("", "pbuf-bench-*.txt")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	if _, err := file.Write(raw); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	return tables(os.Stdout, o.root, file.Name(), strings.Split(o.rivals, ","))
}

func (o options) writeReport(raw []byte) error {
	f, err := read(bytes.NewReader(raw), "the output of the benchmarks")
	if err != nil {
		return err
	}
	r := report{figures: f, date: cmp.Or(f.config["date"], time.Now().Format(time.DateOnly))}
	if r.procs, err = o.procs(); err != nil {
		return err
	}
	stem := r.date + "-" + f.slug()
	packed, err := pack(raw)
	if err != nil {
		return err
	}
	if err := o.store(stem+".txt.gz", packed); err != nil { // first: it took long to make
		return err
	}
	if r.verdicts, err = judge(f); err != nil {
		return err
	}
	if r.claims, err = judgeClaims(f, r.procs); err != nil {
		return err
	}
	r.rounds = len(f.of[cell{targets[0].variants()[0], r.procs[0]}][us][targets[0].unit])
	r.command = fmt.Sprintf("go run ./report -rounds %d -cpu %s", r.rounds, o.cpu)
	if f.has(tracedBench) {
		r.command += " -blocks " + f.origin("blocks")
	}
	if err := r.draw(o.out, stem); err != nil {
		return err
	}
	var text bytes.Buffer
	r.write(&text)
	if err := o.store(stem+".md", text.Bytes()); err != nil {
		return err
	}
	fmt.Println(filepath.Join(o.out, stem+".md"))
	removed, err := o.removeOlder(r.date, f.slug())
	for _, name := range removed {
		fmt.Println("replaces", filepath.Join(o.out, name))
	}
	return err
}

func (o options) procs() (procs []int, err error) {
	for s := range strings.SplitSeq(o.cpu, ",") {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("report: -cpu %q: %q is no number of processors", o.cpu, s)
		}
		procs = append(procs, n)
	}
	return procs, nil
}
