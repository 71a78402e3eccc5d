package testdb

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// Server is a database server of the test's own, which it may kill.
type Server struct {
	DSN     string
	input   io.Writer
	replies *bufio.Scanner
}

// NewPostgres starts a PostgreSQL that ends with the test.
func NewPostgres(tb testing.TB) *Server { return own(tb, "postgres", "PostgreSQL") }

// NewMySQL starts a MariaDB that ends with the test.
func NewMySQL(tb testing.TB) *Server { return own(tb, "mysql", "MariaDB") }

func own(tb testing.TB, kind, name string) *Server {
	tb.Helper()
	s, stop, err := start(kind)
	if err != nil {
		tb.Skipf("no %s: not tested (%v)", name, err)
	}
	tb.Cleanup(stop)
	return s
}

// Postgres is the DSN of a PostgreSQL that the tests of a process share.
func Postgres(tb testing.TB) string {
	return shared(tb, "PBUF_POSTGRES_DSN", "PostgreSQL", sharedPostgres)
}

// MySQL is the DSN of a MySQL or MariaDB that the tests of a process share.
func MySQL(tb testing.TB) string { return shared(tb, "PBUF_MYSQL_DSN", "MariaDB", sharedMySQL) }

var (
	sharedPostgres = sync.OnceValues(func() (*Server, error) { s, _, err := start("postgres"); return s, err })
	sharedMySQL    = sync.OnceValues(func() (*Server, error) { s, _, err := start("mysql"); return s, err })
)

func shared(tb testing.TB, variable, name string, server func() (*Server, error)) string {
	tb.Helper()
	if dsn := os.Getenv(variable); dsn != "" {
		return dsn
	}
	s, err := server()
	if err != nil {
		tb.Skipf("no %s: not tested (%s is not set, and %v)", name, variable, err)
	}
	return s.DSN
}

// start runs serve.sh. What it starts ends at the latest with this process,
// whose end of the pipe closes then.
func start(kind string) (s *Server, stop func(), err error) {
	_, file, _, _ := runtime.Caller(0)
	script := filepath.Join(filepath.Dir(file), "serve.sh")
	if _, err := os.Stat(script); err != nil {
		return nil, nil, errors.New("the project's scripts are not here to start one")
	}
	cmd := exec.Command(script, kind)
	cmd.Stderr = os.Stderr
	input, err := cmd.StdinPipe()
	if err != nil {
		return nil, nil, err
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	s = &Server{input: input, replies: bufio.NewScanner(output)}
	if !s.replies.Scan() {
		err := cmd.Wait()
		if cmd.ProcessState.ExitCode() == 3 {
			return nil, nil, errors.New("its server programs are not installed")
		}
		return nil, nil, fmt.Errorf("serve.sh %s: %w", kind, err)
	}
	s.DSN = strings.TrimSpace(s.replies.Text())
	return s, func() { input.Close(); cmd.Wait() }, nil
}

// Kill pulls the server's plug.
func (s *Server) Kill(tb testing.TB) { s.command(tb, "down") }

// Restart starts the server after Kill, on the same port.
func (s *Server) Restart(tb testing.TB) { s.command(tb, "up") }

func (s *Server) command(tb testing.TB, command string) {
	tb.Helper()
	if _, err := fmt.Fprintln(s.input, command); err != nil || !s.replies.Scan() {
		tb.Fatalf("server %s: %v, %v", command, err, s.replies.Err())
	}
}
