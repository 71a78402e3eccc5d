package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// runShell runs a block in the checkout, all but its go get lines.
func (c *checker) runShell(ctx context.Context, script string) error {
	_, err := c.shell(ctx, script)
	return err
}

// runConsole runs the "$ " lines of a block and looks for its other lines in
// what they print.
func (c *checker) runConsole(ctx context.Context, session string) error {
	var script strings.Builder
	var expected []string
	for line := range strings.Lines(session) {
		if typed, ok := strings.CutPrefix(line, "$ "); ok {
			script.WriteString(typed)
		} else {
			expected = append(expected, strings.TrimSpace(line))
		}
	}
	out, err := c.shell(ctx, script.String())
	if err != nil {
		return err
	}
	rest := strings.Split(out, "\n")
	for _, want := range expected {
		for len(rest) > 0 && strings.TrimSpace(rest[0]) != want {
			rest = rest[1:]
		}
		if len(rest) == 0 {
			return fmt.Errorf("console block promises %q, the commands print\n%s", want, out)
		}
		rest = rest[1:]
	}
	return nil
}

func (c *checker) shell(ctx context.Context, script string) (output string, err error) {
	var rest strings.Builder
	for line := range strings.Lines(script) {
		arg, isGet := strings.CutPrefix(strings.TrimSpace(line), "go get ")
		if !isGet {
			rest.WriteString(line)
		} else if err := c.checkGoGet(arg); err != nil {
			return "", err
		}
	}
	if strings.TrimSpace(rest.String()) == "" {
		return "", nil
	}
	out, err := command(ctx, c.root, "sh", "-euc", rest.String()).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("commands fail: %w\n%s", err, out)
	}
	return string(out), nil
}

// checkGoGet wants the import path of a package that the checkout has.
func (c *checker) checkGoGet(arg string) error {
	path, _, _ := strings.Cut(strings.TrimSpace(arg), "@")
	dir, ok := strings.CutPrefix(path+"/", c.module+"/")
	if !ok {
		return fmt.Errorf("go get %s: not a package of %s", arg, c.module)
	}
	if sources, _ := filepath.Glob(filepath.Join(c.root, dir, "*.go")); len(sources) > 0 || dir == "" {
		return nil
	}
	return fmt.Errorf("go get %s: %w", arg, &os.PathError{Op: "import", Path: path, Err: os.ErrNotExist})
}
