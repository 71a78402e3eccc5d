package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// child is a process that the runner has started.
type child struct {
	cmd   *exec.Cmd
	stdin io.Closer     // held open: the child ends with it
	spoke chan struct{} // closed by its first line: it hears signals
	ended chan struct{}
	err   error // of its end; to be read once ended is closed
}

// spawn starts this program in another role; each gets its lines, one at a time.
func spawn(s settings, stderr io.Writer, each func(line []byte)) (*child, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(program,
		"-role", s.role, "-folder", s.folder, "-port", fmt.Sprint(s.port), "-worker", fmt.Sprint(s.worker),
		"-rate", fmt.Sprint(s.rate), "-duration", s.duration.String(), "-keys", fmt.Sprint(s.keys), "-seed", fmt.Sprint(s.seed),
		"-dsn", s.dsn, fmt.Sprint("-sum=", s.sum), fmt.Sprint("-unsafe=", s.unsafe))
	cmd.Env = append(os.Environ(), childEnv+"=1", "GOMAXPROCS=2")
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
		return nil, err
	}
	c := &child{cmd: cmd, stdin: stdin, spoke: make(chan struct{}), ended: make(chan struct{})}
	go func() {
		defer close(c.ended)
		lines := bufio.NewScanner(stdout)
		for first := true; lines.Scan(); first = false {
			if first {
				close(c.spoke)
			}
			each(lines.Bytes())
		}
		c.err = cmd.Wait()
	}()
	return c, nil
}

// childEnv tells the test's binary that it is to be a child.
const childEnv = "PBUF_FLEET_CHILD"

func (c *child) signal(s syscall.Signal) { _ = c.cmd.Process.Signal(s) } // of one that has ended: nothing to do

// kill ends it as a crash would.
func (c *child) kill() {
	c.signal(syscall.SIGKILL)
	<-c.ended
	_ = c.stdin.Close()
}

// alive says if it has ended by itself.
func (c *child) alive() error {
	select {
	case <-c.ended:
		return fmt.Errorf("it ended by itself: %v", c.err)
	default:
		return nil
	}
}

// leave asks it to end in good order, and says if it did.
func (c *child) leave(patience time.Duration) error {
	select {
	case <-c.spoke:
	case <-c.ended:
	case <-time.After(patience):
	}
	c.signal(syscall.SIGTERM)
	return c.wait(patience)
}

func (c *child) wait(patience time.Duration) error {
	select {
	case <-c.ended:
		return c.err
	case <-time.After(patience):
		c.kill()
		return errors.New("it had to be killed")
	}
}

// patience is how long a child may take to start, or to leave.
const patience = 20 * time.Second

// pause sleeps, unless ctx ends.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
