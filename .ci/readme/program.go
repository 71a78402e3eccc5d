package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
)

// runGo compiles a complete program against the checkout and runs it.
func (c *checker) runGo(ctx context.Context, src string) error {
	file, err := parser.ParseFile(token.NewFileSet(), "block.go", src, parser.ParseComments)
	if err != nil {
		return fmt.Errorf("go block: %w", err)
	}
	if file.Name.Name != "main" {
		return fmt.Errorf("go block is package %s, want a complete program", file.Name.Name)
	}
	formatted, err := format.Source([]byte(src))
	if err != nil {
		return fmt.Errorf("go block: %w", err)
	}
	if !bytes.Equal(formatted, []byte(src)) {
		return errors.New("go block is not gofmt-formatted")
	}

	dir, err := c.programModule(src)
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if out, err := command(ctx, dir, "go", "vet", "-mod=mod", ".").CombinedOutput(); err != nil {
		return fmt.Errorf("go block does not compile or vet: %w\n%s", err, out)
	}
	var stdout, stderr bytes.Buffer
	run := command(ctx, dir, "go", "run", "-mod=mod", ".")
	run.Stdout, run.Stderr = &stdout, &stderr
	if err := run.Run(); err != nil {
		return fmt.Errorf("go block fails: %w\n%s%s", err, &stdout, &stderr)
	}
	if want, ok := promisedOutput(file); ok {
		if got := strings.TrimSpace(stdout.String()); got != want {
			return fmt.Errorf("go block prints\n%s\nbut its Output comment says\n%s", got, want)
		}
	}
	return nil
}

// programModule lays src out as a module that imports the checkout.
func (c *checker) programModule(src string) (string, error) {
	dir, err := os.MkdirTemp("", "readme-block-")
	if err != nil {
		return "", err
	}
	mod := fmt.Sprintf("module readme.example\n\ngo %s\n\nrequire %s v0.0.0\n\nreplace %[2]s => %q\n",
		c.goVersion, c.module, c.root)
	sum, err := os.ReadFile(filepath.Join(c.root, "go.sum"))
	if errors.Is(err, os.ErrNotExist) { // a library without dependencies has none
		err = nil
	}
	err = errors.Join(err,
		os.WriteFile(filepath.Join(dir, "main.go"), []byte(src), 0o644),
		os.WriteFile(filepath.Join(dir, "go.mod"), []byte(mod), 0o644),
		os.WriteFile(filepath.Join(dir, "go.sum"), sum, 0o644))
	if err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	return dir, nil
}

// promisedOutput is what follows "Output:" in the last comment that has it, the
// way testable examples say it.
func promisedOutput(file *ast.File) (want string, ok bool) {
	for _, group := range file.Comments {
		if rest, found := strings.CutPrefix(strings.TrimSpace(group.Text()), "Output:"); found {
			want, ok = strings.TrimSpace(rest), true
		}
	}
	return want, ok
}
