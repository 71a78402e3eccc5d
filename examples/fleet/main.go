package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// settings are what the flags say; the runner hands them on to its children.
type settings struct {
	role     string
	folder   string        // of the stream and the table
	port     int           // of the broker
	worker   int           // number of this one
	rate     int           // messages per second
	duration time.Duration // of the producer
	keys     int
	kill     time.Duration // between two kills
	seed     uint64
	dsn      string // of PostgreSQL; "": SQLite, in the folder
	postgres bool
	sum      bool
	unsafe   bool
}

func (s *settings) flags(out io.Writer) *flag.FlagSet {
	f := flag.NewFlagSet("fleet", flag.ContinueOnError)
	f.SetOutput(out)
	f.StringVar(&s.role, "role", "runner", "what this process is: runner, broker, producer or worker; the runner starts the others")
	f.StringVar(&s.folder, "folder", "", "where stream and table are; default: a new one, removed if all is well")
	f.IntVar(&s.port, "port", 0, "of the broker; 0: one that is free")
	f.IntVar(&s.worker, "worker", 0, "number of this worker")
	f.IntVar(&s.rate, "rate", 4000, "messages per second")
	f.DurationVar(&s.duration, "duration", 20*time.Second, "how long messages are produced")
	f.IntVar(&s.keys, "keys", 5000, "distinct keys, some of them far more often than others")
	f.DurationVar(&s.kill, "kill", time.Second, "time between two kills of workers")
	f.StringVar(&s.dsn, "dsn", "", "a PostgreSQL to write to; its tables pbuf_fleet_* are dropped and made anew (default: SQLite)")
	f.BoolVar(&s.postgres, "postgres", false, "start a PostgreSQL for it, kill and restart that too")
	f.BoolVar(&s.sum, "sum", false, "sums, exactly once, in place of latest values: see SUMS.md")
	f.BoolVar(&s.unsafe, "unsafe", false, "with -sum: store how far the log is applied after the sums, unconditionally; to see that it is found")
	f.Uint64Var(&s.seed, "seed", 1, "of keys, and of who is killed")
	return f
}

func (s *settings) check() error {
	switch {
	case !signals && s.role == "runner":
		return errors.New("fleet: the runner stops and pauses processes by signals, which this system lacks; use Linux, macOS or WSL")
	case s.rate < 1:
		return fmt.Errorf("fleet: -rate is %d, must be at least 1", s.rate)
	case s.keys < 1:
		return fmt.Errorf("fleet: -keys is %d, must be at least 1", s.keys)
	case s.duration < time.Second:
		return fmt.Errorf("fleet: -duration is %v, must be at least 1s", s.duration)
	case s.kill < 10*time.Millisecond:
		return fmt.Errorf("fleet: -kill is %v, must be at least 10ms", s.kill)
	case s.postgres && s.dsn != "":
		return errors.New("fleet: -postgres and -dsn are both set, only one may be")
	case s.unsafe && !s.sum:
		return errors.New("fleet: -unsafe is set, but -sum is not")
	}
	return nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var s settings
	f := s.flags(stderr)
	if err := f.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	if err := s.check(); err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	roles := map[string]func(context.Context, settings, io.Writer) error{
		"runner": runFleet, "broker": runBroker, "producer": runProducer, "worker": runWorker,
	}
	if s.sum {
		roles["worker"] = runSums
	}
	role, ok := roles[s.role]
	if !ok || f.NArg() > 0 {
		fmt.Fprintf(stderr, "fleet: -role is %q, must be runner, broker, producer or worker; arguments: %q\n", s.role, f.Args())
		return 2
	}
	if s.role != "runner" {
		ctx = untilOrphaned(ctx)
	}
	if err := role(ctx, s, stdout); err != nil {
		fmt.Fprintf(stderr, "%s: %v\n", s.role, err)
		return 1
	}
	return 0
}

// untilOrphaned ends with the runner, which holds the other end of the standard input.
func untilOrphaned(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	return ctx
}
