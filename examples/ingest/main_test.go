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
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
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

// reportPatterns are what two pollers report of the whole week.
var reportPatterns = []string{
	`^replayed    2018-01-31 01:49 to 2018-02-07 01:45 UTC in [\d.]+ s, as fast as it went$`,
	`^puts        6,080,992$`,
	`^stored      [\d,]+ newer`,
	`^stale       [\d,]+ not newer`,
	`^upserts     [\d,]+ in \d+ batches; [\d,]+ added or changed a row$`,
	`^delivered   [\d,]+ of [\d,]+ accepted; [\d,]+ gave way`,
	`^requeued    0$`,
	`^dropped     0$`,
	`^coalescing  [\d,.]+ puts per upsert$`,
	`^put latency p50 \S+, p99 \S+, p99.9 \S+, max \S+ `,
	`^rows        1,707$`,
	`^verified    every row`,
}

func TestProgramIntoSQLite(t *testing.T) {
	stdout, stderr, status := ended(t, "-speed", "0", "-pollers", "2", "-interval", "20ms", "-batch", "100", "-partitions", "3")
	if status != 0 {
		t.Errorf("exit status %d, want 0", status)
	}
	wantMatch(t, "stdout", stdout, append(reportPatterns, `^feed        usgs-earthquakes.csv \(embedded\): 1,707 events$`)...)
	wantMatch(t, "stderr", stderr, `^100%  2018-02-07 01:45  6,080,992 puts, [\d,]+ upserts$`)

	var rows, reviewed int
	db := openDatabase(t, databasePath(t, stdout))
	err := db.QueryRow(`SELECT count(*), count(*) FILTER (WHERE status = 'reviewed') FROM `+table).Scan(&rows, &reviewed)
	if err != nil || rows != 1707 || reviewed != 1214 {
		t.Errorf("the file has %d rows, %d reviewed (%v); the data has 1707 and 1214", rows, reviewed, err)
	}
}

func TestProgramIntoPostgres(t *testing.T) {
	stdout, stderr, status := ended(t, "-dsn", postgresDSN(t), "-speed", "0", "-pollers", "2", "-interval", "20ms")
	if status != 0 {
		t.Errorf("exit status %d, want 0:\n%s", status, stderr)
	}
	wantMatch(t, "stdout", stdout, append(reportPatterns, `^database    PostgreSQL, .*, table pbuf_ingest_events$`)...)
}

func TestProgramReadsAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "my.csv")
	if err := os.WriteFile(path, []byte(header+goodRow), 0o600); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, status := ended(t, "-in", path)
	if status != 0 {
		t.Errorf("exit status %d, want 0:\n%s", status, stderr)
	}
	wantMatch(t, "stdout", stdout, `^feed        `+regexp.QuoteMeta(path)+`: 1 events$`, `^puts        8$`, `^rows        1$`, `^verified`)
}

func TestProgramHelp(t *testing.T) {
	stdout, stderr, status := ended(t, "-h")
	if status != 0 || stderr != "" {
		t.Errorf("exit status %d, stderr %q; want 0 and nothing", status, stderr)
	}
	wantMatch(t, "stdout", stdout, `^Usage: ingest \[flags\]$`, `^  -pollers int$`)
}

func TestProgramRefuses(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.csv")
	if err := os.WriteFile(bad, []byte(header+goodRow+"b2,then,2000,1,ml,reviewed,1,1,1,x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args   string
		status int
		want   string
	}{
		{"-pollers 0", 2, "ingest: -pollers 0: want 1 to 1000 (-h explains the flags)\n"},
		{"-fast", 2, "ingest: flag provided but not defined: -fast (-h explains the flags)\n"},
		{"-in " + bad, 1, "ingest: " + bad + `: line 3, column time_ms: "then" is not a whole number of milliseconds` + "\n"},
		{"-in " + bad + ".gone", 1, "ingest: open " + bad + ".gone: no such file or directory\n"},
		{"-dsn mysql://h/b", 1, "ingest: -dsn: cannot parse"},
		{"-dsn postgres://u:hush@127.0.0.1:1/b", 1, "ingest: PostgreSQL, 127.0.0.1:1/b, table pbuf_ingest_events: failed to connect"},
		{"-partitions 1000000000", 1, "ingest: pbuf: "},
	} {
		stdout, stderr, status := ended(t, strings.Fields(test.args)...)
		if status != test.status || !strings.HasPrefix(stderr, test.want) || strings.Contains(stdout, "verified") {
			t.Errorf("%s: exit status %d, stderr %q; want %d and %q...\n%s", test.args, status, stderr, test.status, test.want, stdout)
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

// Somebody else writes to the table while the program runs: it must notice.
func TestProgramFindsALostRow(t *testing.T) {
	r := start(t, "-speed", "200000")
	db := openDatabase(t, databasePath(t, r.until(t, "^database")))
	events := embeddedFeed(t).events
	last := events[len(events)-1].last().ID // the latest earthquake: it is not there yet
	_, err := db.Exec(`CREATE TRIGGER thief AFTER INSERT ON ` + table + ` BEGIN DELETE FROM ` + table + ` WHERE id = '` + last + `'; END`)
	if err != nil {
		t.Fatal(err)
	}
	text, status := r.end()
	if status != 1 {
		t.Errorf("exit status %d, want 1", status)
	}
	wantMatch(t, "output", text, `^rows        1,706$`, `^DIFFERENT   1 rows$`, `^  `+last+`: no row$`, `^ingest: the table differs from the data$`)
}

// A database that takes nothing more, to the end: what is left over is counted.
func TestProgramIntoABrokenDatabase(t *testing.T) {
	r := start(t, "-speed", "200000", "-drain", "1s")
	db := openDatabase(t, databasePath(t, r.until(t, "^database")))
	r.until(t, "^ 10%")
	_, err := db.Exec(`CREATE TRIGGER full BEFORE INSERT ON ` + table + ` BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
	if err != nil {
		t.Fatal(err)
	}
	text, status := r.end()
	if status != 1 {
		t.Errorf("exit status %d, want 1", status)
	}
	wantMatch(t, "output", text, `^upserts fail: sqlite: .*disk full`, `^requeued    [1-9]`, `^dropped     0$`,
		`^undelivered pbuf: .*\d+ entries.*disk full`, `^DIFFERENT   [\d,]+ rows$`, `^ingest: the table differs`, `^pbuf: .*\d+ entries`)
}

func TestProgramDrainsWhenInterrupted(t *testing.T) {
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			r := start(t)
			r.until(t, "^ 10%")
			if err := r.cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			text, status := r.end()
			if status != 0 {
				t.Errorf("exit status %d, want 0", status)
			}
			wantMatch(t, "output", text, `^interrupted: draining$`, `^replayed    2018-01-31 01:49 to 2018-0.*, interrupted$`,
				`^rows        \d+$`, `^verified`)
		})
	}
}

// While the database is locked the program cannot drain; a second Ctrl-C is
// the way out.
func TestProgramEndsAtASecondInterrupt(t *testing.T) {
	r := start(t)
	db := openDatabase(t, databasePath(t, r.until(t, "^database")))
	r.until(t, "^ 10%")
	if _, err := db.Exec(`BEGIN IMMEDIATE`); err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	r.until(t, "^interrupted: draining$")
	// The first signal's handler may still be on its way out: interrupt until it works.
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	go func() {
		for range again.C {
			if r.cmd.Process.Signal(os.Interrupt) != nil {
				return // it has ended
			}
		}
	}()
	text, _ := r.end()
	if how, ok := r.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || how.Signal() != syscall.SIGINT {
		t.Errorf("%v, want it ended by the signal:\n%s", r.cmd.ProcessState, text)
	}
}

func TestProgramOnATerminal(t *testing.T) {
	cmd := command(t)
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 100})
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	var screen []byte
	part := make([]byte, 4096)
	typed := false
	for {
		n, err := terminal.Read(part)
		if screen = append(screen, part[:n]...); !typed && bytes.Contains(screen, []byte(" 10% |█")) {
			typed = true
			if _, err := terminal.Write([]byte{3}); err != nil { // Ctrl-C
				t.Fatal(err)
			}
		}
		if err != nil {
			break // Linux says EIO when the program has closed the terminal
		}
	}
	if err := cmd.Wait(); err != nil || !typed {
		t.Errorf("the bar came to 10%%: %t; the program ended with %v", typed, err)
	}
	text := strings.ReplaceAll(string(screen), "\r", "\n")
	wantMatch(t, "screen", text, `2018-01-31 \d\d:\d\d  [\d,]+ puts, [\d,]+ upserts +\d+% \|█+ +\|`, `^interrupted: draining$`, `^verified    every row`)
	if strings.Contains(text, " 10%  2018") {
		t.Errorf("plain lines on a terminal:\n%s", text)
	}
}
