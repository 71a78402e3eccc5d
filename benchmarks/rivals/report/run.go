package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// runner runs passes in rounds and keeps what they print.
type runner struct {
	root   string // of the repository
	cpu    string
	rounds int
	time   string // of every benchmark, if set
	blocks string // the trace's file, if there is one
	out    io.Writer
	log    io.Writer

	dir string // of the built binaries
}

// build compiles both test binaries once, so that no round compiles.
func (r *runner) build() (clean func(), err error) {
	if r.dir, err = os.MkdirTemp("", "pbuf-report-"); err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	clean = func() { os.RemoveAll(r.dir) }
	for b, in := range map[binary]string{rootTests: "benchmarks", rivalsTests: "benchmarks/rivals"} {
		cmd := exec.Command("go", "test", "-c", "-o", r.path(b), ".")
		cmd.Dir = filepath.Join(r.root, in)
		if out, err := cmd.CombinedOutput(); err != nil {
			clean()
			return nil, fmt.Errorf("report: building the tests of %s: %w\n%s", in, err, out)
		}
	}
	return clean, nil
}

func (r *runner) path(b binary) string { return filepath.Join(r.dir, string(b)+".test") }

// run runs every pass once per round.
func (r *runner) run(passes []pass) error {
	started := time.Now()
	for round := range r.rounds {
		for _, p := range passes {
			if p.rounds > 0 && round >= p.rounds {
				continue
			}
			if err := r.once(p, round); err != nil {
				return err
			}
		}
		fmt.Fprintf(r.log, "round %d of %d done after %v\n", round+1, r.rounds, time.Since(started).Round(time.Second))
	}
	return nil
}

func (r *runner) once(p pass, round int) error {
	args := p.args(r.cpu, r.time, round)
	if p.binary == rootTests && r.blocks != "" {
		args = append(args, "-blocks="+r.blocks)
	}
	cmd := exec.Command(r.path(p.binary), args...)
	cmd.Stdout = r.out
	cmd.Stderr = r.log
	started := time.Now()
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("report: %s of the %s tests: %w", p.bench, p.binary, err)
	}
	fmt.Fprintf(r.log, "%s: %v\n", p.bench, time.Since(started).Round(100*time.Millisecond))
	return nil
}

func (p pass) args(cpu, time string, round int) []string {
	if p.cpu != "" {
		cpu = p.cpu
	}
	counted := strings.HasSuffix(p.time, "x")
	if time == "" || counted && !strings.HasSuffix(time, "x") { // a time does not replace a count
		time = p.time
	}
	args := []string{
		"-test.run=^$",
		"-test.bench=" + p.bench,
		"-test.benchtime=" + time,
		"-test.cpu=" + cpu,
		"-test.timeout=0",
	}
	if p.short {
		args = append(args, "-test.short")
	}
	return append(args, "-rotate="+strconv.Itoa(round))
}
