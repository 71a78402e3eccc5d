package main

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
)

// workers are the processes between stream and table, by their numbers from 1 on. Only
// the runner's goroutine uses them.
type workers struct {
	settings settings
	stderr   io.Writer
	tally    *tally
	random   *rand.Rand

	running []*child // number 1 first
	frozen  int      // the number that is stopped; 0: none
	kills   int
}

func (w *workers) start(number int) (*child, error) {
	s := w.settings
	s.role, s.worker = "worker", number
	return spawn(s, w.stderr, w.tally.life())
}

// scale starts workers, or lets the last ones leave in good order, until there are n.
func (w *workers) scale(n int) error {
	for len(w.running) < n {
		c, err := w.start(len(w.running) + 1)
		if err != nil {
			return err
		}
		w.running = append(w.running, c)
	}
	for len(w.running) > n {
		last := len(w.running)
		c := w.running[last-1]
		w.running = w.running[:last-1]
		if err := c.leave(patience); err != nil {
			return fmt.Errorf("worker %d does not leave in good order: %w", last, err)
		}
	}
	return nil
}

// kill kills one at random and starts it again.
func (w *workers) kill() error {
	number := 1 + w.random.IntN(len(w.running))
	if number == w.frozen {
		number = 1 + number%len(w.running)
	}
	c := w.running[number-1]
	if err := c.alive(); err != nil {
		return fmt.Errorf("worker %d: %w", number, err)
	}
	c.kill()
	w.kills++
	c, err := w.start(number)
	if err != nil {
		return err
	}
	w.running[number-1] = c
	return nil
}

// freeze stops the last one: after AckWait others get its messages, and it knows
// nothing of that when it goes on with what it has.
func (w *workers) freeze() {
	w.frozen = len(w.running)
	w.running[w.frozen-1].signal(sigStop)
}

func (w *workers) thaw() {
	w.running[w.frozen-1].signal(sigCont)
	w.frozen = 0
}

// alive says if one has ended by itself.
func (w *workers) alive() error {
	var errs []error
	for i, c := range w.running {
		if err := c.alive(); err != nil {
			errs = append(errs, fmt.Errorf("worker %d: %w", i+1, err))
		}
	}
	return errors.Join(errs...)
}

func (w *workers) killAll() {
	for _, c := range w.running {
		c.kill()
	}
	w.running = nil
}
