package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"net"
	"runtime"
	"time"
)

// config is what the flags say.
type config struct {
	in         string
	pollers    int
	interval   time.Duration
	batch      int
	partitions int
	dsn        string
	speed      float64
	drain      time.Duration
	http       string
}

const usage = `Replays a week of real earthquakes into a database through a pbuf map.

The feed is polled every minute of its time, and each answer holds every event
of the last day: the same event comes thousands of times, now and then with a
newer stamp. The pollers put every event of every answer, with its stamp as the
version; the map keeps the newest and upserts it in batches. At the end every
row is compared with the data.

Usage: ingest [flags]

`

const usageEnd = `
Ctrl-C stops the pollers, drains the buffer, reports and verifies; a second
Ctrl-C ends the program at once.

Exit status: 0 every row is right, 1 a row differs or something failed,
2 bad flags.
`

// maxPollers bounds the memory for their latencies, 1/5 MB each.
const maxPollers = 1000

// What pbuf takes: known before the table is dropped.
const (
	maxPartitions = 1 << 16
	shortest      = 100 * time.Microsecond
)

// parseFlags reads the arguments. For -h it writes the help to out and returns
// flag.ErrHelp.
func parseFlags(args []string, out io.Writer) (config, error) {
	var c config
	flags := flag.NewFlagSet("ingest", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // main prints the error, without the help
	flags.StringVar(&c.in, "in", "", "CSV `FILE` to replay, with the columns of usgs-earthquakes.csv;\n"+
		"without it, that file (1,707 events of 2018), which the program contains")
	flags.IntVar(&c.pollers, "pollers", 4, "how many poll at the same time, each seeing the feed a minute later\nthan the previous one")
	flags.DurationVar(&c.interval, "interval", 250*time.Millisecond, "how often the buffer upserts what it holds")
	flags.IntVar(&c.batch, "batch", 512, "most events in an upsert")
	flags.IntVar(&c.partitions, "partitions", runtime.GOMAXPROCS(0), "partitions of the buffer, which upsert in parallel: one per CPU unless given")
	flags.StringVar(&c.dsn, "dsn", "", "`DSN` of a PostgreSQL database, such as postgres://user:secret@host:5432/base;\n"+
		"its table "+table+" is DROPPED and made anew.\nWithout it, SQLite in a new temporary folder, which stays")
	flags.Float64Var(&c.speed, "speed", 50_000, "seconds of the feed that pass in a second: 50000 replays the week in 12 s,\n1 in a week; 0 is as fast as it goes")
	flags.DurationVar(&c.drain, "drain", time.Minute, "how long the end may take: until then failed upserts are tried again")
	flags.StringVar(&c.http, "http", "", "`ADDRESS`, such as localhost:8080, of a page that shows the buffer while it runs;\n"+
		"without it there is none")
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		flags.SetOutput(out)
		fmt.Fprint(out, usage)
		flags.PrintDefaults()
		fmt.Fprint(out, usageEnd)
		return c, err
	}
	if err != nil {
		return c, err
	}
	if flags.NArg() > 0 {
		return c, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	return c, c.validate()
}

func (c config) validate() error {
	switch {
	case c.pollers < 1 || c.pollers > maxPollers:
		return fmt.Errorf("-pollers %d: want 1 to %d", c.pollers, maxPollers)
	case c.interval < shortest:
		return fmt.Errorf("-interval %v: want at least %v", c.interval, shortest)
	case c.batch < 1:
		return fmt.Errorf("-batch %d: want 1 or more", c.batch)
	case c.partitions < 1 || c.partitions > maxPartitions:
		return fmt.Errorf("-partitions %d: want 1 to %d", c.partitions, maxPartitions)
	case c.speed < 0 || math.IsNaN(c.speed) || math.IsInf(c.speed, 0):
		return fmt.Errorf("-speed %v: want 0 or more", c.speed)
	case c.drain <= 0:
		return fmt.Errorf("-drain %v: want more than 0", c.drain)
	case c.http != "":
		_, port, err := net.SplitHostPort(c.http)
		if err == nil {
			_, err = net.LookupPort("tcp", port)
		}
		if err != nil {
			return fmt.Errorf("-http %s: %w", c.http, err)
		}
	}
	return nil
}
