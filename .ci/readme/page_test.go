package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// page writes a library of two packages and a nested module, and returns the
// faults of a page of it.
func page(t *testing.T, text string) []fault {
	t.Helper()
	root := t.TempDir()
	for name, text := range map[string]string{
		"docs/PAGE.md":            text,
		"Makefile":                "demo:\n\t@true\n",
		"go.mod":                  "module example.com/lib\n\ngo 1.25\n",
		"pbuf/pbuf.go":            "package pbuf\n\nimport _ \"example.com/lib/internal/shard\"\n",
		"internal/shard/shard.go": "package shard\n\nimport _ \"sync\"\n",
		"pbuf/plugin/one/one.go":  "package one\n\nimport _ \"example.com/lib/pbuf\"\n",
		"pbuf/plugin/one/go.mod": "module example.com/lib/pbuf/plugin/one\n\ngo 1.25\n\n" +
			"require example.com/lib v0.0.0\n\nreplace example.com/lib => ../../..\n",
	} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	c, err := newChecker(context.Background(), root, "docs/PAGE.md", t.Output())
	if err != nil {
		t.Fatal(err)
	}
	return c.checkPage(context.Background())
}

func table(rows ...string) string {
	return "| package | may import |\n| --- | --- |\n" + strings.Join(rows, "\n") + "\n"
}

func TestTruePage(t *testing.T) {
	faults := page(t, "See [code](../pbuf/), `pbuf/pbuf.go`, `internal/shard/` and its `shard.go`; `make demo`.\n\n"+
		table("| `pbuf` | `internal/shard` |", "| `internal/shard` | nothing |", "| `pbuf/plugin/*` | `pbuf`, `...` |"))
	if len(faults) > 0 {
		t.Errorf("faults in a true page: %v", faults)
	}
}

func TestFaultsOfAPage(t *testing.T) {
	for text, want := range map[string]string{
		"`pbuf/gone.go` was here":                         "gone.go",
		"`internal/shard/` and its `gone.go`":             "gone.go",
		"`make gone`":                                     "no target gone",
		"[gone](gone.md)":                                 "gone.md",
		table("| `pbuf` | nothing |"):                     "imports example.com/lib/internal/shard",
		table("| `gone` | nothing |"):                     "no such package",
		table("| `pbuf/plugin/*` | `internal/shard` |"):   "imports example.com/lib/pbuf",
		table("| `internal/shard` | n |", "| `pbuf` | |"): "docs/PAGE.md:4:",
	} {
		faults := page(t, text+"\n")
		if len(faults) != 1 || !strings.Contains(faults[0].String(), want) {
			t.Errorf("page %q: faults are %v, want one with %q", text, faults, want)
		}
	}
}
