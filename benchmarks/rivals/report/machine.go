package main

import (
	"cmp"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"
)

// writeOrigin puts where and on what the figures are made at the head of them,
// as configuration lines of the benchmark format, so that a report made from
// the file later says the same. The processor's name is printed by go test.
func writeOrigin(out io.Writer, root, blocks string) {
	commit := "unknown"
	if hash, err := git(root, "rev-parse", "--short=12", "HEAD"); err == nil {
		commit = hash
		if changed, err := git(root, "status", "--porcelain", "--", "go.mod", "pbuf", "internal", "benchmarks"); err == nil && changed != "" {
			commit += ", with uncommitted changes"
		}
	}
	fmt.Fprintf(out, "date: %s\ncommit: %s\ntoolchain: %s\ncores: %d\n",
		time.Now().Format(time.DateOnly), commit, runtime.Version(), runtime.NumCPU())
	if blocks != "" {
		fmt.Fprintf(out, "blocks: %s\n", filepath.Base(blocks))
	}
}

func git(dir string, args ...string) (string, error) {
	out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).Output()
	return strings.TrimSpace(string(out)), err
}

// origin is the value of a configuration line.
func (f *figures) origin(key string) string {
	return cmp.Or(strings.TrimSpace(f.config[key]), "unknown")
}

func (f *figures) machine() string {
	return fmt.Sprintf("%s, %s cores, %s/%s, %s, commit %s", f.origin("cpu"), f.origin("cores"),
		f.origin("goos"), f.origin("goarch"), f.origin("toolchain"), f.origin("commit"))
}

var notWord = regexp.MustCompile(`[^a-z0-9]+`)

// slug is the processor's name as a part of a file's name.
func (f *figures) slug() string {
	return strings.Trim(notWord.ReplaceAllString(strings.ToLower(f.origin("cpu")), "-"), "-")
}
