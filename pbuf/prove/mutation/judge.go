package mutation

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/partitioned-buffer/go/pbuf/prove/overlay"
)

// judge is a set of tests that a mutation has to get past.
type judge struct {
	name   string
	points bool // compile with scheduling points
	args   []string
}

const library = "github.com/partitioned-buffer/go/"

// judges are asked in this order; the first that objects ends it.
var judges = []judge{
	{"schedules", true, []string{
		"-tags", "pbuf_points", prove + "schedules",
		"-bound", "2", "-limit", "4000", "-sample", "300", "-programs", "500", "-each", "20",
	}},
	{"race", true, []string{"-race", prove + "linear", "-rounds", "150"}},
	{"degenerate", false, []string{prove + "property", "-rapid.checks", "60"}},
	{"unit", false, []string{library + "internal/epoch", library + "internal/shard", library + "pbuf"}},
}

const prove = library + "pbuf/prove/"

// patience is how long one judge may take; a mutation that hangs is noticed too.
const patience = 4 * time.Minute

// Verdict is what became of a mutation.
type Verdict struct {
	By   string // the judge that noticed; "" if none did
	Test string // its first test that failed
	Took time.Duration
}

// Try compiles the library with the edits and asks the first n judges, all of
// them if n is 0.
func Try(ctx context.Context, root string, edits []overlay.Edit, n int) (v Verdict, err error) {
	if n == 0 {
		n = len(judges)
	}
	began := time.Now()
	for _, j := range judges[:n] {
		failed, test, err := j.ask(ctx, root, edits)
		if err != nil {
			return v, fmt.Errorf("%s: %w", j.name, err)
		}
		if failed {
			return Verdict{j.name, test, time.Since(began)}, nil
		}
	}
	return Verdict{Took: time.Since(began)}, nil
}

func (j judge) ask(ctx context.Context, root string, edits []overlay.Edit) (failed bool, test string, err error) {
	dir, err := os.MkdirTemp("", "pbuf-mutation-")
	if err != nil {
		return false, "", err
	}
	defer os.RemoveAll(dir)
	path, err := overlay.Overlay{Points: j.points, Edits: edits}.Write(root, dir)
	if err != nil {
		return false, "", err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", append([]string{"test", "-vet=off", "-timeout", "90s", "-overlay", path}, j.args...)...)
	cmd.Env = append(os.Environ(), "TMPDIR="+dir) // pictures of broken histories go with it
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return false, "", nil
	case ctx.Err() != nil:
		return true, "no end", nil
	case !errors.As(err, &exit):
		return false, "", err
	case strings.Contains(out.String(), "[build failed]") || strings.Contains(out.String(), "[setup failed]"):
		return false, "", fmt.Errorf("the mutation does not compile:\n%s", out.String())
	}
	return true, firstFailure(out.String()), nil
}

// firstFailure finds the name of the test that failed, or what ended the process.
func firstFailure(out string) string {
	name := ""
	for line := range strings.Lines(out) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "--- FAIL: "):
			name, _, _ = strings.Cut(strings.TrimPrefix(line, "--- FAIL: "), " (")
			if strings.Contains(name, "/") {
				return name
			}
		case name == "" && (strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ")):
			return line
		}
	}
	if name == "" {
		return "the process failed"
	}
	return name
}
