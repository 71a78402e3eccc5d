package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// event is what go test -json writes: see go doc test2json.
type event struct {
	Action, Package, Test, Output, ImportPath string
}

// tally adds up the events of all modules.
type tally struct {
	passed  int
	skipped map[string]int      // by reason
	output  map[string][]string // of tests and packages that still run
	broken  []string            // what those that failed wrote, in order
}

func newTally() *tally {
	return &tally{skipped: map[string]int{}, output: map[string][]string{}}
}

// read reads one module's events, and copies the lines about packages to out.
func (t *tally) read(events io.Reader, out io.Writer) error {
	lines := bufio.NewReader(events)
	for {
		line, err := lines.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			var e event
			if err := json.Unmarshal(line, &e); err != nil {
				return fmt.Errorf("not an event of go test: %q: %w", line, err)
			}
			t.add(e, out)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

var packageLine = regexp.MustCompile(`^(ok|FAIL|\?|---)?\s`)

func (t *tally) add(e event, out io.Writer) {
	key := e.Package + e.ImportPath + " " + e.Test
	switch e.Action {
	case "output", "build-output":
		t.output[key] = append(t.output[key], e.Output)
		if e.Test == "" && packageLine.MatchString(e.Output) {
			fmt.Fprint(out, e.Output)
		}
		return
	case "pass":
		if e.Test != "" {
			t.passed++
		}
	case "skip":
		if e.Test != "" {
			t.skipped[reason(t.output[key])]++
		}
	case "fail", "build-fail":
		t.broken = append(t.broken, strings.Join(t.output[key], ""))
	default:
		return
	}
	delete(t.output, key)
}

// exited notes that go test failed in the module, in case no event said why.
func (t *tally) exited(module string) {
	if len(t.broken) == 0 {
		t.broken = append(t.broken, "go test failed in "+module+"\n")
	}
}

var skipLine = regexp.MustCompile(`^\s*\S+\.go:\d+: (.*)\n`)

// reason is what the test gave t.Skip.
func reason(output []string) string {
	for _, line := range output {
		if m := skipLine.FindStringSubmatch(line); m != nil {
			return m[1]
		}
	}
	return "no reason given"
}

func (t *tally) failed() bool { return len(t.broken) > 0 || t.passed == 0 }

// failures is what failed, at its full length.
func (t *tally) failures() string {
	if len(t.broken) == 0 {
		return "no test ran\n"
	}
	return "\n" + strings.Join(t.broken, "\n")
}

// summary is the closing line.
func (t *tally) summary(modules int, took time.Duration) string {
	var s strings.Builder
	fmt.Fprintf(&s, "test: %d modules, %d tests passed", modules, t.passed)
	if len(t.broken) > 0 {
		s.WriteString(", FAILURES below")
	}
	n := 0
	for _, count := range t.skipped {
		n += count
	}
	fmt.Fprintf(&s, ", %d skipped", n)
	for i, why := range slices.Sorted(maps.Keys(t.skipped)) {
		s.WriteString(map[bool]string{true: " (", false: "; "}[i == 0])
		fmt.Fprintf(&s, "%d: %s", t.skipped[why], why)
	}
	if n > 0 {
		s.WriteString(")")
	}
	fmt.Fprintf(&s, ", %v", took.Round(time.Second))
	return s.String()
}
