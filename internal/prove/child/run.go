package child

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/partitioned-buffer/go/internal/prove/overlay"
)

// Library and Prove are where the two modules' packages live.
const (
	Library = "github.com/partitioned-buffer/go/"
	Prove   = Library + "internal/prove/"
)

// Result is what came of a run.
type Result struct {
	Passed   bool
	Test     string   // the first test that failed, or what ended the process
	Explored []string // what the tests said that they explored
	Output   string
}

// Test runs go test with args on the library changed by o. The error is about
// the run; tests that fail are in the Result.
func Test(ctx context.Context, o overlay.Overlay, timeout time.Duration, args ...string) (r Result, err error) {
	root, err := overlay.Root()
	if err != nil {
		return r, err
	}
	path, err := o.Write(root, place(root, o))
	if err != nil {
		return r, err
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	args = append([]string{"test", "-vet=off", "-count=1", "-v", "-overlay", path}, args...)
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.WaitDelay = time.Second
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	r.Output = out.String()
	r.Explored = explored(r.Output)
	var exit *exec.ExitError
	switch {
	case err == nil:
		r.Passed = true
		return r, nil
	case ctx.Err() != nil: // go test's own timeout is shorter, and says which test hung
		return r, fmt.Errorf("child: no verdict within %v:\n%s", timeout, r.Output)
	case !errors.As(err, &exit):
		return r, err
	case strings.Contains(r.Output, "[build failed]"), strings.Contains(r.Output, "[setup failed]"):
		return r, fmt.Errorf("child: the library does not compile:\n%s", r.Output)
	}
	r.Test = firstFailure(r.Output)
	return r, nil
}

// place names a directory for the overlay's files: the same for the same changes
// of the same library, since the go command's cache goes by the path too. A few
// files stay there, for the next run.
func place(root string, o overlay.Overlay) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s %+v", root, o)
	return filepath.Join(os.TempDir(), "pbuf-prove", hex.EncodeToString(h.Sum(nil)[:8]))
}

func explored(out string) (all []string) {
	for line := range strings.Lines(out) {
		if _, what, ok := strings.Cut(line, "explored: "); ok {
			all = append(all, strings.TrimSpace(what))
		}
	}
	return all
}

// firstFailure finds the test that failed, the deepest one, or what ended the
// process.
func firstFailure(out string) (name string) {
	for line := range strings.Lines(out) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "--- FAIL: "):
			n, _, _ := strings.Cut(strings.TrimPrefix(line, "--- FAIL: "), " (")
			if name == "" || strings.HasPrefix(n, name+"/") {
				name = n
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
