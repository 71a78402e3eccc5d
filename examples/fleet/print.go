package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// screen is the standard output: on a terminal with a line that changes.
type screen struct {
	out      io.Writer
	terminal bool
	shown    int // length of the line that changes
}

func newScreen(out io.Writer) *screen {
	file, ok := out.(*os.File)
	return &screen{out: out, terminal: ok && term.IsTerminal(int(file.Fd()))}
}

// note prints a line that stays.
func (s *screen) note(format string, args ...any) {
	s.clear()
	fmt.Fprintf(s.out, format+"\n", args...)
}

// status shows how far it is, on a terminal.
func (s *screen) status(r report) {
	if !s.terminal {
		return
	}
	line := fmt.Sprintf("%d messages fetched, %d acknowledged, %d rows written, %d redelivered", r.Fetched, r.Acked, r.Changed, r.Redelivered)
	fmt.Fprint(s.out, "\r", line, strings.Repeat(" ", max(0, s.shown-len(line))))
	s.shown = len(line)
}

func (s *screen) clear() {
	if s.shown > 0 {
		fmt.Fprint(s.out, "\r", strings.Repeat(" ", s.shown), "\r")
		s.shown = 0
	}
}

// print says how it went. Of a life that was killed, what came after its last line,
// written each 100 ms, is not counted.
func (r *runner) print(messages, rows int, differences []string) {
	s, note := r.tally.sum(), r.out.note
	note("messages               %d, of %d keys; %d sent again by the producer", messages, rows, r.again)
	for _, line := range r.job.lines(s) {
		note("%s", line)
	}
	note("lag, stream to ack     p50 %v, p99 %v (samples)", r.tally.lag(0.50), r.tally.lag(0.99))
	for _, p := range r.phases {
		if p.took < time.Second {
			continue // too short to say anything
		}
		note("%d workers              %.0f messages per second acknowledged, of %d sent, in %.1f s", p.workers,
			float64(p.acked)/p.took.Seconds(), r.settings.rate, p.took.Seconds())
	}
	note("killed                 %d workers, the broker %d time(s), the database %d time(s)", r.workers.kills, r.restarts, r.outages)
	for _, d := range differences[:min(len(differences), 10)] {
		note("%s", d)
	}
	verdict := "equal"
	if len(differences) > 0 {
		verdict = fmt.Sprintf("%d DIFFERENT", len(differences))
	}
	note("table and log          %d rows: %s", rows, verdict)
}
