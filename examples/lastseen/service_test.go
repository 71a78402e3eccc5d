package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// program is the built program, which the tests run as a user does.
var program string

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "lastseen-test-")
	if err != nil {
		panic(err)
	}
	program = filepath.Join(folder, "lastseen")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		panic(fmt.Sprintf("go build: %v\n%s", err, out))
	}
	status := m.Run()
	os.RemoveAll(folder)
	os.Exit(status)
}

// service is the program, with a folder and two addresses of its own.
type service struct {
	t                 *testing.T
	folder, dsn       string
	public, operators string
	db                *sql.DB // the same database, for the test
	cmd               *exec.Cmd
	log               bytes.Buffer // read only after stop
}

// newService makes one that is not started yet. Its table is empty.
func newService(t *testing.T, driver string) *service {
	t.Helper()
	s := &service{t: t, folder: t.TempDir(), public: freeAddress(t), operators: freeAddress(t)}
	s.dsn = filepath.Join(s.folder, "lastseen.db")
	if driver == "pgx" {
		if s.dsn = os.Getenv("PBUF_POSTGRES_DSN"); s.dsn == "" {
			t.Skip("no PostgreSQL (PBUF_POSTGRES_DSN is not set): not tested")
		}
	}
	db, err := sql.Open(driver, s.dsn)
	if err != nil {
		t.Fatal(err)
	}
	s.db = db
	db.SetMaxOpenConns(1)
	if driver == "sqlite" {
		s.execute(`PRAGMA busy_timeout = 10000`)
	}
	s.execute(`DROP TABLE IF EXISTS last_seen`)
	s.execute(`DROP TABLE IF EXISTS last_seen_away`)
	t.Cleanup(func() {
		if s.cmd != nil {
			_ = s.cmd.Process.Kill()
			_ = s.cmd.Wait()
		}
		db.Close()
	})
	return s
}

// freeAddress is below the ports that the kernel gives to clients: while the service is
// down, one of ours that dials its port could get that very port, and keep it.
func freeAddress(t *testing.T) string {
	t.Helper()
	for range 100 {
		l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", 20_000+rand.N(10_000)))
		if err == nil {
			defer l.Close()
			return l.Addr().String()
		}
	}
	t.Fatal("no port is free")
	return ""
}

func (s *service) execute(statement string) {
	s.t.Helper()
	if _, err := s.db.ExecContext(s.t.Context(), statement); err != nil {
		s.t.Fatalf("%s: %v", statement, err)
	}
}

func (s *service) snapshot() string { return filepath.Join(s.folder, "lastseen.snapshot") }

func (s *service) command(args ...string) *exec.Cmd {
	cmd := exec.Command(program, append([]string{
		"-db", s.dsn, "-http", s.public, "-ops", s.operators, "-snapshot", s.snapshot(),
	}, args...)...)
	s.log.Reset()
	cmd.Dir = s.folder
	cmd.Stderr = &s.log
	return cmd
}

// fails runs the service, which is to end by itself.
func (s *service) fails(args ...string) (status int, log string) {
	s.t.Helper()
	cmd := s.command(args...)
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	bound := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() }) // if it does not
	defer bound.Stop()
	_ = cmd.Wait() // the status says it
	return cmd.ProcessState.ExitCode(), s.log.String()
}

// start returns when the service is healthy.
func (s *service) start(args ...string) {
	s.t.Helper()
	s.cmd = s.command(args...)
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	defer func() {
		if s.t.Failed() {
			s.t.Log(&s.log)
		}
	}()
	eventually(s.t, "the service is healthy", s.healthy)
}

func (s *service) healthy() bool {
	status, _ := get("http://" + s.operators + "/healthz")
	return status == http.StatusOK
}

// stop ends the service with a signal, and returns what it logged.
func (s *service) stop() string {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	err := s.cmd.Wait()
	s.cmd = nil
	if err != nil {
		s.t.Fatalf("it ends with %v:\n%s", err, &s.log)
	}
	return s.log.String()
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for !holds() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("never: " + what)
		}
	}
}

// get is the status and the text of an answer; 0 if there is none.
func get(url string) (status int, body string) {
	return answer(http.Get(url))
}

func (s *service) post(body string) (status int, text string) {
	return answer(http.Post("http://"+s.public+"/seen", "application/json", strings.NewReader(body)))
}

func answer(r *http.Response, err error) (status int, body string) {
	if err != nil {
		return 0, err.Error()
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return 0, err.Error()
	}
	return r.StatusCode, string(text)
}
