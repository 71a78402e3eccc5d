package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// checkout writes a tiny library with the given README and returns its faults.
func checkout(t *testing.T, readme string, maxLines int) []fault {
	t.Helper()
	root := t.TempDir()
	files := map[string]string{
		"README.md": readme,
		"NOTES.md":  "# Notes\n\n## Why it waits\n",
		"Makefile":  "demo: ## run it\n\t@echo demo ran\n",
		"go.mod":    "module example.com/lib\n\ngo 1.25\n",
		"pbuf/pbuf.go": "// Package pbuf is a fixture.\npackage pbuf\n\n// Options has options.\n" +
			"type Options struct{ Size int }\n\n// Answer returns 42.\nfunc Answer() int { return 42 }\n",
	}
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ctx := context.Background()
	c, err := newChecker(ctx, root, "README.md", t.Output())
	if err != nil {
		t.Fatal(err)
	}
	return c.check(ctx, maxLines)
}

func fenced(lang, body string) string { return "```" + lang + "\n" + body + "```\n" }

const program = `package main

import (
	"fmt"

	"example.com/lib/pbuf"
)

func main() {
	fmt.Println(pbuf.Answer())
	// Output: 42
}
`

func TestTrueReadme(t *testing.T) {
	readme := "# Lib\n\nSee [notes](NOTES.md#why-it-waits), [below](#use-it), [pbuf](pbuf/), [site](https://example.com/).\n" +
		"`pbuf.Answer()`, `Options.Size` and `make demo`, not `xsync.MapOf` under GOMAXPROCS.\n\n## Use it\n" +
		fenced("text", "a --> b\n") +
		fenced("sh", "go get example.com/lib/pbuf\n") +
		fenced("go", program) +
		fenced("sh", "make demo\ntest ! -t 0\n") +
		fenced("console", "$ make demo\ndemo ran\n$ echo one; echo two\ntwo\n")
	for _, f := range checkout(t, readme, 200) {
		t.Error(f)
	}
}

func TestFalseReadme(t *testing.T) {
	tests := map[string]struct {
		readme string
		line   int
		want   string
	}{
		"program does not compile": {fenced("go", strings.Replace(program, "Answer()", "Question()", 1)), 1, "undefined: pbuf.Question"},
		"program exits 1":          {fenced("go", strings.Replace(program, "fmt.Println(pbuf.Answer())", "fmt.Println()\n\tpanic(pbuf.Answer())", 1)), 1, "panic: 42"},
		"program prints otherwise": {fenced("go", strings.Replace(program, "Output: 42", "Output: 43", 1)), 1, "its Output comment says\n43"},
		"program is a snippet":     {fenced("go", "x := 1\n"), 1, "expected 'package'"},
		"program is a library":     {fenced("go", "package lib\n"), 1, "want a complete program"},
		"program is unformatted":   {fenced("go", strings.Replace(program, "\tfmt.P", "  fmt.P", 1)), 1, "not gofmt-formatted"},
		"command fails":            {"\n\n" + fenced("sh", "echo before\nfalse\necho after\n"), 3, "exit status 1\nbefore"},
		"variable is unset":        {fenced("sh", "echo $NO_SUCH_VARIABLE_HERE\n"), 1, "NO_SUCH_VARIABLE_HERE"},
		"target is missing":        {fenced("sh", "make party\n"), 1, "party"},
		"output is invented":       {fenced("console", "$ make demo\ndemo flew\n"), 1, `promises "demo flew"`},
		"output is out of order":   {fenced("console", "$ echo a; echo b\nb\na\n"), 1, `promises "a"`},
		"go get of another module": {fenced("sh", "go get example.com/library/pbuf\n"), 1, "not a package of example.com/lib"},
		"go get of no package":     {fenced("sh", "go get example.com/lib/nothing@latest\n"), 1, "does not exist"},
		"block has no language":    {fenced("", "what am I\n"), 1, `language ""`},
		"language is unknown":      {fenced("python", "pass\n"), 1, `language "python"`},
		"block is never closed":    {"text\n```sh\nmake demo\n", 2, "never closed"},
		"link is broken":           {"\n[x](docs/none.md)\n", 2, "docs/none.md"},
		"reference is broken":      {"[x]\n\n[x]: none.md\n", 3, "none.md"},
		"anchor is broken":         {"[x](#nowhere)\n", 1, "#nowhere"},
		"anchor elsewhere":         {"[x](NOTES.md#nowhere)\n", 1, "#nowhere"},
		"link leaves the checkout": {"[x](../other/README.md)\n", 1, "leaves the checkout"},
		"name is unknown":          {"`pbuf.Question`\n", 1, "not in package pbuf"},
		"field is unknown":         {"`Options.Colour`\n", 1, "not in package pbuf"},
		"make target is unknown":   {"`make party`\n", 1, "no target party"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			faults := checkout(t, test.readme, 200)
			if len(faults) != 1 {
				t.Fatalf("got %d faults, want 1: %v", len(faults), faults)
			}
			if got := faults[0]; got.line != test.line || !strings.Contains(got.text, test.want) {
				t.Errorf("got %v\nwant line %d, %q", got, test.line, test.want)
			}
		})
	}
}

func TestLength(t *testing.T) {
	readme := strings.Repeat("\n", 10)
	if faults := checkout(t, readme, 11); len(faults) != 0 {
		t.Errorf("10 lines, fewer than 11 wanted: %v", faults)
	}
	if faults := checkout(t, readme, 10); len(faults) != 1 {
		t.Errorf("10 lines, fewer than 10 wanted: %v", faults)
	}
}
