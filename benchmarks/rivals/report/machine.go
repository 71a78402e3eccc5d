package main

import (
	"fmt"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
)

// machine is where and on what the figures were made.
type machine struct {
	cpu    string
	cores  int
	goVer  string
	commit string
}

func thisMachine(root string, f *figures) machine {
	m := machine{cpu: f.config["cpu"], cores: runtime.NumCPU(), goVer: runtime.Version(), commit: "unknown"}
	if m.cpu = strings.TrimSpace(m.cpu); m.cpu == "" {
		m.cpu = runtime.GOARCH
	}
	if hash, err := git(root, "rev-parse", "--short=12", "HEAD"); err == nil {
		m.commit = hash
		if changed, err := git(root, "status", "--porcelain", "--", "go.mod", "pbuf", "internal", "benchmarks"); err == nil && changed != "" {
			m.commit += ", with uncommitted changes"
		}
	}
	return m
}

func git(dir string, args ...string) (string, error) {
	out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).Output()
	return strings.TrimSpace(string(out)), err
}

func (m machine) String() string {
	return fmt.Sprintf("%s, %d cores, %s/%s, %s, commit %s",
		m.cpu, m.cores, runtime.GOOS, runtime.GOARCH, m.goVer, m.commit)
}

var notWord = regexp.MustCompile(`[^a-z0-9]+`)

// slug is the processor's name as a part of a file's name.
func (m machine) slug() string {
	return strings.Trim(notWord.ReplaceAllString(strings.ToLower(m.cpu), "-"), "-")
}
