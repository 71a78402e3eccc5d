package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // so that a second Ctrl-C ends the program
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is main without the process: it returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	c, err := parseFlags(args, stdout)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintf(stderr, "ingest: %v (-h explains the flags)\n", err)
		return 2
	}
	if err := ingest(ctx, c, stdout, stderr); err != nil {
		fmt.Fprintf(stderr, "ingest: %v\n", err)
		return 1
	}
	return 0
}

// errDifferent is what verify found; the report has the rows.
var errDifferent = errors.New("the table differs from the data")

// ingest replays, reports and verifies. The report goes to stdout, the progress
// to stderr.
func ingest(ctx context.Context, c config, stdout, stderr io.Writer) (err error) {
	f, err := loadFeed(c.in)
	if err != nil {
		return err
	}
	var page net.Listener // before the table is dropped
	if c.http != "" {
		if page, err = net.Listen("tcp", c.http); err != nil {
			return fmt.Errorf("-http: %w", err)
		}
		defer page.Close()
	}
	s, err := openSink(ctx, c.dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	fmt.Fprintf(stdout, "%-12s%s: %s events\n", "feed", f.name, count(len(f.events)))
	fmt.Fprintf(stdout, "%-12s%s\n", "database", s.where())

	d := newDisplay(stderr, int64(c.pollers*f.polls()))
	p, err := newPipeline(c, f, s, slog.New(slog.NewTextHandler(noted{d}, nil)))
	if err != nil {
		return err
	}
	if page != nil {
		end, err := showPage(page, p.buffer)
		if err != nil {
			return fmt.Errorf("-http: %w", err)
		}
		defer end()
		fmt.Fprintf(stdout, "%-12shttp://%s/debug/pbuf/\n", "page", page.Addr())
	}
	r, err := p.replayOn(ctx, c.speed, d)
	printResult(stdout, f, c.speed, r)

	// Not ctx: after Ctrl-C the table is still verified.
	rows, differences, failed := verify(s.rows(context.WithoutCancel(ctx)), r.want)
	if failed != nil {
		return errors.Join(err, r.lost(), failed)
	}
	printVerdict(stdout, rows, differences)
	if len(differences) > 0 {
		err = errors.Join(err, errDifferent)
	}
	return errors.Join(err, r.lost())
}

// replayOn is replay with its progress on the display.
func (p *pipeline) replayOn(ctx context.Context, speed float64, d display) (*result, error) {
	watching, end := context.WithCancel(context.Background())
	var watcher sync.WaitGroup
	watcher.Go(func() { p.watch(watching, d) })
	told := context.AfterFunc(ctx, func() { d.note("interrupted: draining") })
	defer told()
	r, err := p.replay(ctx, speed)
	end()
	watcher.Wait()
	d.finish()
	return r, err
}
