package sched

import (
	"fmt"
	"math/rand/v2"
)

// Program makes fresh bodies for one run, and a check to be made after it.
type Program func() (bodies []func(), check func() error)

// Result says how much was run.
type Result struct {
	Runs     int
	Complete bool // every schedule within the bound was run
}

// Failure is a run that went wrong.
type Failure struct {
	Err      error
	Schedule []byte // the choices made, for Replay
	Steps    string // goroutine, function and line of each step
}

func (f *Failure) Error() string {
	return fmt.Sprintf("%v\nschedule %x\n%s", f.Err, f.Schedule, f.Steps)
}

// Unwrap returns what went wrong.
func (f *Failure) Unwrap() error { return f.Err }

// Explore runs every schedule with at most bound preemptions, or limit of them.
func (r *Run) Explore(p Program, bound, limit int) (res Result, err error) {
	d := &depthFirst{bound: bound}
	for res.Runs < limit {
		res.Runs++
		d.depth, d.spent = 0, 0
		if err := r.once(d, p); err != nil {
			return res, r.failed(err, p, d.schedule())
		}
		if !d.advance() {
			res.Complete = true
			break
		}
	}
	return res, nil
}

// Sample runs n schedules at random, from seed on.
func (r *Run) Sample(p Program, seed uint64, n int) (res Result, err error) {
	for res.Runs < n {
		res.Runs++
		c := &random{rng: rand.New(rand.NewPCG(seed, uint64(res.Runs)))}
		c.rate = 1 + c.rng.IntN(8)
		if err := r.once(c, p); err != nil {
			return res, r.failed(err, p, c.taken)
		}
	}
	return res, nil
}

// Replay runs one schedule.
func (r *Run) Replay(p Program, schedule []byte) error {
	return r.once(&replay{schedule: schedule}, p)
}

func (r *Run) once(c chooser, p Program) error {
	bodies, check := p()
	if err := r.do(c, bodies); err != nil {
		return err
	}
	return check()
}

// failed repeats a failed run to see its steps.
func (r *Run) failed(err error, p Program, schedule []byte) error {
	r.Trace(true)
	defer r.Trace(false)
	if again := r.Replay(p, schedule); again != nil {
		err = again
	}
	return &Failure{err, schedule, r.Steps()}
}
