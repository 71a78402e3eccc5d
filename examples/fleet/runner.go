package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// runner starts the others, and sees to it that they have no easy life.
type runner struct {
	settings settings
	out      *screen
	stderr   io.Writer
	tally    *tally
	workers  *workers
	broker   *child
	producer *child
	postgres *postgres // nil without -postgres
	db       *database
	js       jetstream.JetStream
	job      job

	sent, again int // by the producer; to be read once it has ended
	restarts    int // of the broker
	outages     int // of PostgreSQL
	phases      []phase
}

// job is what the fleet makes of the log.
type job interface {
	create(context.Context, *database) error
	open(context.Context, *runner) (uint64, error) // how much of the log is not in the table, or not known to be
	compare(context.Context, *database, []record) (rows int, differences []string, err error)
	lines(report) []string // what it says of the workers
}

var errDifferent = errors.New("the table is not what the log says")

// runFleet is the whole of it.
func runFleet(ctx context.Context, s settings, stdout io.Writer) (err error) {
	if s.folder == "" {
		if s.folder, err = os.MkdirTemp("", "pbuf-fleet-"); err != nil {
			return err
		}
		defer func() {
			if err == nil {
				err = os.RemoveAll(s.folder)
			} else {
				fmt.Fprintln(stdout, "stream and table are in", s.folder)
			}
		}()
	}
	if s.port == 0 {
		if s.port, err = freePort(); err != nil {
			return err
		}
	}
	r := &runner{settings: s, out: newScreen(stdout), stderr: os.Stderr, tally: &tally{}, job: latest{}}
	if s.sum {
		r.job = sums{}
	}
	if s.postgres {
		if r.postgres, err = startPostgres(r.stderr); err != nil {
			return err
		}
		defer r.postgres.stop()
		s.dsn = r.postgres.dsn
		r.settings.dsn = s.dsn
	}
	r.workers = &workers{settings: s, stderr: r.stderr, tally: r.tally, random: rand.New(rand.NewPCG(s.seed, 2))}
	defer r.killAll()
	if err := r.begin(ctx); err != nil {
		return err
	}
	if err := r.trouble(ctx); err != nil {
		return err
	}
	if err := r.drain(ctx); err != nil {
		return err
	}
	return r.verify(ctx)
}

// freePort is below the ports that the kernel gives to clients: while the broker is
// down, one of ours that dials its port could get that very port, and keep it.
func freePort() (int, error) {
	var taken error
	for range 100 {
		port := 20_000 + rand.N(10_000)
		l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", port))
		if err == nil {
			return port, l.Close()
		}
		taken = err
	}
	return 0, taken
}

// begin starts everything, with no worker yet.
func (r *runner) begin(ctx context.Context) (err error) {
	if r.db, err = openDatabase(r.settings); err != nil {
		return err
	}
	if err := r.job.create(ctx, r.db); err != nil {
		return err
	}
	if err := r.startBroker(); err != nil {
		return err
	}
	if r.js, err = connect(r.settings); err != nil {
		return err
	}
	if err := createSource(ctx, r.js, r.settings); err != nil {
		return err
	}
	s := r.settings
	s.role = "producer"
	r.producer, err = spawn(s, r.stderr, func(line []byte) { _, _ = fmt.Sscan(string(line), &r.sent, &r.again) })
	return err
}

func (r *runner) startBroker() (err error) {
	s := r.settings
	s.role = "broker"
	ready := make(chan struct{}, 1)
	if r.broker, err = spawn(s, r.stderr, func([]byte) { ready <- struct{}{} }); err != nil {
		return err
	}
	select {
	case <-ready:
		return nil
	case <-r.broker.ended:
		return fmt.Errorf("the broker does not start: %w", r.broker.err)
	case <-time.After(patience):
		return errors.New("the broker does not start in time")
	}
}

// drain waits until the log is complete and acknowledged, and lets all workers leave.
func (r *runner) drain(ctx context.Context) error {
	if err := r.producer.wait(patience); err != nil {
		return fmt.Errorf("producer: %w", err)
	}
	r.out.note("the log is complete: draining")
	late := time.Now().Add(2 * patience)
	for {
		open, err := r.job.open(ctx, r)
		switch {
		case err != nil:
			return err
		case open == 0:
			return r.workers.scale(0)
		case time.Now().After(late):
			return fmt.Errorf("%d messages of the log are not done after %v", open, 2*patience)
		}
		if err := errors.Join(r.workers.alive(), ctx.Err()); err != nil {
			return err
		}
		r.out.status(r.tally.sum())
		pause(ctx, 100*time.Millisecond)
	}
}

// verify compares table and log, and says how it went.
func (r *runner) verify(ctx context.Context) error {
	log, err := readLog(ctx, r.js)
	if err != nil {
		return err
	}
	rows, differences, err := r.job.compare(ctx, r.db, log)
	if err != nil {
		return err
	}
	r.print(len(log), rows, differences)
	switch {
	case len(differences) > 0:
		return errDifferent
	case len(log) != r.sent:
		return fmt.Errorf("the producer sent %d messages, the log has %d", r.sent, len(log))
	}
	return r.tally.bad
}

func (r *runner) killAll() {
	r.workers.killAll()
	for _, c := range []*child{r.producer, r.broker} {
		if c != nil {
			c.kill()
		}
	}
	if r.js != nil {
		r.js.Conn().Close()
	}
	if r.db != nil {
		_ = r.db.Close()
	}
}
