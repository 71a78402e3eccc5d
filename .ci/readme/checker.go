package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// blockTimeout bounds one block: the slowest one runs the whole test suite.
const blockTimeout = 15 * time.Minute

// A fault is one thing that is wrong with a page.
type fault struct {
	page string
	line int
	text string
}

func (f fault) String() string { return fmt.Sprintf("%s:%d: %s", f.page, f.line, f.text) }

// A checker holds what every check needs to know of the checkout.
type checker struct {
	root      string // absolute
	page      string // the file that is checked, from root
	module    string // module path of the checkout
	goVersion string // its go directive
	doc       document
	out       io.Writer // progress, and the output of blocks that fail
}

func newChecker(ctx context.Context, root, page string, out io.Writer) (*checker, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(root, page))
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "go", "mod", "edit", "-json")
	cmd.Dir = root
	described, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go mod edit -json in %s: %w", root, err)
	}
	var mod struct {
		Module struct{ Path string }
		Go     string
	}
	if err := json.Unmarshal(described, &mod); err != nil {
		return nil, err
	}
	return &checker{
		root:      root,
		page:      page,
		module:    mod.Module.Path,
		goVersion: mod.Go,
		doc:       parse(page, string(text)),
		out:       out,
	}, nil
}

func (c *checker) fault(line int, text string) fault { return fault{c.page, line, text} }

// checkPage runs the checks of a page that is not run.
func (c *checker) checkPage(ctx context.Context) []fault {
	faults := slices.Clone(c.doc.faults)
	faults = append(faults, c.checkLinks()...)
	faults = append(faults, c.checkNames(ctx)...)
	faults = append(faults, c.checkPaths()...)
	faults = append(faults, c.checkImports(ctx)...)
	slices.SortStableFunc(faults, func(a, b fault) int { return a.line - b.line })
	fmt.Fprintf(c.out, "readme: %s: links, names, paths and imports: %d faults\n", c.page, len(faults))
	return faults
}

// check runs all checks, the quick ones first, and returns the faults by line.
func (c *checker) check(ctx context.Context, maxLines int) []fault {
	faults := slices.Clone(c.doc.faults)
	if n := len(c.doc.lines); n >= maxLines {
		faults = append(faults, c.fault(n, fmt.Sprintf("%d lines, must be fewer than %d", n, maxLines)))
	}
	faults = append(faults, c.checkLinks()...)
	faults = append(faults, c.checkNames(ctx)...)
	for _, b := range c.doc.blocks {
		began := time.Now()
		if err := c.runBlock(ctx, b); err != nil {
			faults = append(faults, c.fault(b.line, err.Error()))
			continue
		}
		fmt.Fprintf(c.out, "readme: line %d, %s: ok (%s)\n", b.line, b.lang, time.Since(began).Round(time.Millisecond))
	}
	slices.SortStableFunc(faults, func(a, b fault) int { return a.line - b.line })
	return faults
}

func (c *checker) runBlock(ctx context.Context, b block) error {
	ctx, cancel := context.WithTimeout(ctx, blockTimeout)
	defer cancel()
	switch b.lang {
	case "go":
		return c.runGo(ctx, b.text)
	case "sh":
		return c.runShell(ctx, b.text)
	case "console":
		return c.runConsole(ctx, b.text)
	case "text":
		return nil
	}
	return fmt.Errorf("code block in language %q: want go, sh, console or text", b.lang)
}

// command is a child with no standard input and none of make's own variables,
// which would make a make in a block believe that it is part of the outer one.
func command(ctx context.Context, dir, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.WaitDelay = 10 * time.Second // after a timeout, for grandchildren that keep the pipe
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "MAKE") || strings.HasPrefix(v, "MFLAGS=")
	})
	return cmd
}
