package main

import (
	"context"
	"slices"
	"time"
)

// event is what happens to the fleet at a time after the begin.
type event struct {
	at   time.Duration
	what string
	do   func() error
}

// phase is a time with the same number of workers.
type phase struct {
	workers int
	took    time.Duration
	acked   uint64
}

// events are all but the kills.
func (r *runner) events() []event {
	w, d := r.workers, r.settings.duration
	freeze := d / 2
	all := []event{
		{0, "2 workers", func() error { return w.scale(2) }},
		{d / 4, "scale to 4 workers", func() error { return w.scale(4) }},
		{d * 2 / 5, "the broker is killed and restarted", r.restartBroker},
		{freeze, "a worker is stopped for longer than AckWait", func() error { w.freeze(); return nil }},
		{freeze + ackWait*5/4, "it goes on", func() error { w.thaw(); return nil }},
		{max(freeze+ackWait*5/4, d*4/5) + time.Millisecond, "scale to 3 workers", func() error { return w.scale(3) }},
	}
	if r.postgres != nil {
		all = slices.Insert(all, 2, event{d * 3 / 10, "PostgreSQL is killed and restarted", r.restartPostgres})
	}
	return all
}

func (r *runner) restartBroker() error {
	r.broker.kill()
	r.restarts++
	return r.startBroker()
}

func (r *runner) restartPostgres() error {
	r.outages++
	return r.postgres.restart()
}

// trouble is what happens while messages are produced, and until all of it has happened.
func (r *runner) trouble(ctx context.Context) error {
	began, events := time.Now(), r.events()
	kill := r.settings.kill
	p := phase{}
	for {
		now := time.Since(began)
		if len(events) == 0 && now >= r.settings.duration {
			break
		}
		if len(events) > 0 && events[0].at <= now {
			e := events[0]
			events = events[1:]
			r.out.note("%4.1fs %s", now.Seconds(), e.what)
			if err := e.do(); err != nil {
				return err
			}
			p = r.phase(p, now)
			continue
		}
		if kill <= now {
			if err := r.workers.kill(); err != nil {
				return err
			}
			kill = max(kill, time.Since(began)-r.settings.kill/2) + r.settings.kill
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		r.out.status(r.tally.sum())
		next := []time.Duration{kill, now + 100*time.Millisecond}
		if len(events) > 0 {
			next = append(next, events[0].at)
		}
		pause(ctx, slices.Min(next)-now)
	}
	r.phases = append(r.phases, r.since(p, time.Since(began)))
	return nil
}

// phase ends the phase p, if the number of workers has changed.
func (r *runner) phase(p phase, now time.Duration) phase {
	n := len(r.workers.running)
	if n == p.workers {
		return p
	}
	if p.workers > 0 {
		r.phases = append(r.phases, r.since(p, now))
	}
	return phase{workers: n, took: -now, acked: -r.tally.sum().Acked}
}

// since is p with what came to it until now; it began with both negative.
func (r *runner) since(p phase, now time.Duration) phase {
	return phase{workers: p.workers, took: p.took + now, acked: p.acked + r.tally.sum().Acked}
}
