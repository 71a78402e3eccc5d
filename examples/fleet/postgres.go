package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"runtime"
)

// postgres is a PostgreSQL of the runner's own, by the script that the tests of the
// plugins have theirs from.
type postgres struct {
	dsn     string
	cmd     *exec.Cmd
	stdin   io.WriteCloser // the server ends with it, and so with the runner
	replies *bufio.Scanner
}

var errNoPostgres = errors.New("-postgres: the server programs of PostgreSQL are not installed (Debian: apt-get install postgresql)")

func startPostgres(stderr io.Writer) (*postgres, error) {
	_, source, _, _ := runtime.Caller(0)
	cmd := exec.Command(filepath.Join(filepath.Dir(source), "../../pbuf/plugin/internal/testdb/serve.sh"), "postgres")
	cmd.Stderr = stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("-postgres: %w", err)
	}
	p := &postgres{cmd: cmd, stdin: stdin, replies: bufio.NewScanner(stdout)}
	if p.replies.Scan() {
		p.dsn = p.replies.Text()
		return p, nil
	}
	if err := cmd.Wait(); cmd.ProcessState.ExitCode() != 3 {
		return nil, fmt.Errorf("-postgres: it does not start: %w", err)
	}
	return nil, errNoPostgres
}

// restart pulls its plug, and starts it again: it recovers from its log.
func (p *postgres) restart() error {
	for _, command := range []string{"down", "up"} {
		if _, err := fmt.Fprintln(p.stdin, command); err != nil {
			return fmt.Errorf("PostgreSQL, %s: %w", command, err)
		}
		if !p.replies.Scan() {
			return fmt.Errorf("PostgreSQL, %s: %w", command, errors.Join(p.replies.Err(), io.ErrUnexpectedEOF))
		}
	}
	return nil
}

func (p *postgres) stop() {
	_ = p.stdin.Close()
	_ = p.cmd.Wait()
}
