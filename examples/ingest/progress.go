package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// display shows how far the replay is. Its methods may be called concurrently.
type display interface {
	// show says that done of the total polls are done.
	show(done int64, text string)
	// note prints a line of its own.
	note(line string)
	// finish leaves the screen ready for the report.
	finish()
}

// newDisplay draws a bar if out is a terminal and writes plain lines otherwise.
func newDisplay(out io.Writer, total int64) display {
	if file, ok := out.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		return newBar(out, total)
	}
	return &lines{out: out, total: total}
}

// bar is the display on a terminal.
type bar struct {
	out io.Writer

	mu sync.Mutex // between a note and the drawing
	pb *progressbar.ProgressBar
}

func newBar(out io.Writer, total int64) *bar {
	return &bar{out: out, pb: progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(out),
		progressbar.OptionFullWidth(),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetElapsedTime(false),
	)}
}

func (b *bar) show(done int64, text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pb.Describe(text)
	_ = b.pb.Set64(done) // an error here is the terminal's; the report still comes
}

func (b *bar) note(line string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	_ = b.pb.Clear()
	fmt.Fprintln(b.out, line)
	_ = b.pb.RenderBlank()
}

func (b *bar) finish() {
	b.mu.Lock()
	defer b.mu.Unlock()
	_ = b.pb.Clear()
	_ = b.pb.Exit()
}

// lines is the display for a file or a pipe: a line for every tenth of the way.
type lines struct {
	total int64

	mu    sync.Mutex
	out   io.Writer
	tenth int64
}

func (l *lines) show(done int64, text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.tenth < done*10/l.total { // none is left out, for those who wait for one
		l.tenth++
		fmt.Fprintf(l.out, "%3d%%  %s\n", l.tenth*10, text)
	}
}

func (l *lines) note(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintln(l.out, line)
}

func (l *lines) finish() {}

// noted makes a log's lines notes.
type noted struct{ display }

func (n noted) Write(line []byte) (int, error) {
	n.note(strings.TrimSuffix(string(line), "\n"))
	return len(line), nil
}

// watch shows the pipeline's progress until the context ends.
func (p *pipeline) watch(ctx context.Context, d display) {
	every := time.NewTicker(100 * time.Millisecond)
	defer every.Stop()
	for {
		p.showOn(d)
		select {
		case <-ctx.Done():
			p.showOn(d)
			return
		case <-every.C:
		}
	}
}

func (p *pipeline) showOn(d display) {
	var polls, puts int64
	for _, one := range p.pollers {
		polls += one.polls.Load()
		puts += one.putsSoFar.Load()
	}
	d.show(polls, fmt.Sprintf("%s  %s puts, %s upserted", utc(p.reachedMS()), count(puts), count(p.buffer.Stats().Delivered)))
}
