package main

import (
	"bytes"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

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
	wantMatch(t, "screen", text, `2018-01-31 \d\d:\d\d  [\d,]+ puts, [\d,]+ upserted +\d+% \|█+ +\|`, `^interrupted: draining$`, `^verified    every row`)
	if strings.Contains(text, " 10%  2018") {
		t.Errorf("plain lines on a terminal:\n%s", text)
	}
}
