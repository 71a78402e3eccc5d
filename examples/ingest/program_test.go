package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// program is the built program, which the tests here run as a user does.
var program string

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "ingest-test-")
	if err != nil {
		panic(err)
	}
	program = filepath.Join(folder, "ingest")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		panic(fmt.Sprintf("go build: %v\n%s", err, out))
	}
	status := m.Run()
	os.RemoveAll(folder)
	os.Exit(status)
}

// command is the program with a temporary folder of its own and a bound on its
// time.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(os.Environ(), "TMPDIR="+t.TempDir())
	return cmd
}

// ended runs the program to its end.
func ended(t *testing.T, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	cmd := command(t, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

func wantMatch(t *testing.T, what, text string, patterns ...string) {
	t.Helper()
	for _, pattern := range patterns {
		if !regexp.MustCompile(`(?m)` + pattern).MatchString(text) {
			t.Errorf("%s lacks %s:\n%s", what, pattern, text)
		}
	}
}

// running is the program while it runs. Its stdout and stderr come line by line.
type running struct {
	cmd   *exec.Cmd
	lines chan string
	all   []string
}

func start(t *testing.T, args ...string) *running {
	t.Helper()
	r := &running{cmd: command(t, args...), lines: make(chan string)}
	out, in := io.Pipe()
	r.cmd.Stdout, r.cmd.Stderr = in, in
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(r.lines)
		for scan := bufio.NewScanner(out); scan.Scan(); {
			r.lines <- scan.Text()
		}
	}()
	go func() {
		r.cmd.Wait() // the test looks at ProcessState when the lines have ended
		in.Close()
	}()
	return r
}

// until waits for a line that matches.
func (r *running) until(t *testing.T, pattern string) string {
	t.Helper()
	match := regexp.MustCompile(pattern)
	for line := range r.lines {
		r.all = append(r.all, line)
		if match.MatchString(line) {
			return line
		}
	}
	t.Fatalf("the program ended without %s:\n%s", pattern, strings.Join(r.all, "\n"))
	return ""
}

// end waits for the program's end and returns all that it wrote.
func (r *running) end() (text string, status int) {
	for line := range r.lines {
		r.all = append(r.all, line)
	}
	return strings.Join(r.all, "\n"), r.cmd.ProcessState.ExitCode()
}

func databasePath(t *testing.T, text string) string {
	t.Helper()
	found := regexp.MustCompile(`(?m)^database    SQLite, (.+)$`).FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("no path of a database in\n%s", text)
	}
	return found[1]
}

func openDatabase(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	return db
}
