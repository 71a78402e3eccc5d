package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/partitioned-buffer/go/internal/prove/overlay"
)

// The model's README says which function of the code each step stands for; a
// function that was renamed or removed must not stay in it.
func TestModelNamesFunctionsThatExist(t *testing.T) {
	root, err := overlay.Root()
	if err != nil {
		t.Fatal(err)
	}
	var code strings.Builder
	for _, dir := range []string{"internal/epoch", "internal/shard", "pbuf"} {
		names, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			code.Write(text)
		}
	}
	page, err := os.ReadFile(filepath.Join(root, "internal/shard/model/README.md"))
	if err != nil {
		t.Fatal(err)
	}
	quoted, checked := regexp.MustCompile("`([A-Za-z.]+)`"), 0
	for line := range strings.Lines(string(page)) {
		columns := strings.Split(line, "|")
		if len(columns) != 5 {
			continue // not of the table with three columns
		}
		for _, m := range quoted.FindAllStringSubmatch(columns[3], -1) {
			name := m[1][strings.LastIndex(m[1], ".")+1:]
			if name == "pbuf" || name == "code" {
				continue
			}
			checked++
			if !regexp.MustCompile(`(?m)^func (\([^)]*\) )?` + name + `[\[(]`).MatchString(code.String()) {
				t.Errorf("%s: there is no function %s", strings.TrimSpace(columns[1]), m[1])
			}
		}
	}
	if checked < 40 {
		t.Errorf("%d names in the table, want the whole protocol", checked)
	}
}
