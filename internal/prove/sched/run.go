package sched

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// maxSteps is where a run counts as one that never ends. The longest programs
// here take a few hundred.
const maxSteps = 20000

// task is one goroutine under the scheduler.
type task struct {
	id     int
	resume chan struct{}
	done   bool
	wait   bool // can't go on until somebody has written since it looked
	looked int  // the count of writes at its last look
}

// Run is one execution. It is the hook of package points while it lasts: set
// it with points.Set, once for any number of runs in a row.
type Run struct {
	choose   chooser
	tasks    []*task
	current  *task // nil outside of a run: points are then no points
	writes   int
	steps    int
	aborting bool
	failure  error
	finished chan struct{}
	options  []*task // scratch
	traced   bool
	trace    []string
}

// chooser picks the next task: an index into options. The first option is the
// task that runs now if it can go on; preempts says that it can, so that any
// other choice is a preemption.
type chooser interface {
	choose(options int, preempts bool) int
}

// do runs the bodies to their ends and returns what went wrong: a panic, a
// deadlock, or no end.
func (r *Run) do(c chooser, bodies []func()) error {
	*r = Run{choose: c, finished: make(chan struct{}), options: r.options, tasks: r.tasks[:0], traced: r.traced}
	for i := range bodies {
		r.tasks = append(r.tasks, &task{id: i, resume: make(chan struct{}, 1)})
	}
	for i, body := range bodies {
		go r.run(r.tasks[i], body)
	}
	r.next(nil)
	<-r.finished
	return r.failure
}

func (r *Run) run(t *task, body func()) {
	<-t.resume
	defer func() {
		if v := recover(); v != nil {
			r.abort(fmt.Errorf("panic: %v\n%s", v, debug.Stack()))
		}
		t.done = true
		r.writes++ // an end may be what others wait for
		r.next(nil)
	}()
	if !r.aborting {
		body()
	}
}

// Step is points.Hook's.
func (r *Run) Step(write bool) {
	t := r.current
	if t == nil || r.aborting {
		return
	}
	if r.steps++; r.steps > maxSteps {
		r.abort(fmt.Errorf("no end after %d steps", maxSteps))
		runtime.Goexit()
	}
	r.next(t)
	if r.traced {
		r.note(t, "step")
	}
	if write { // about to happen, and nobody runs in between
		r.writes++
	} else {
		t.looked = r.writes
	}
}

// Wait is points.Hook's.
func (r *Run) Wait() {
	t := r.current
	if t == nil {
		panic("sched: a wait outside of a run")
	}
	if r.aborting {
		runtime.Goexit()
	}
	if r.traced {
		r.note(t, "wait")
	}
	t.wait = true
	r.next(t)
}

// Self is points.Hook's.
func (r *Run) Self() (n int, ok bool) {
	if r.current == nil {
		return 0, false
	}
	return r.current.id, true
}

// next hands the turn to whoever the chooser picks, and returns when it is t's
// turn again; t is nil if the goroutine that calls has no more turns.
func (r *Run) next(t *task) {
	n := r.pick(t)
	if n == nil {
		r.current = nil
		close(r.finished)
		return
	}
	if n == t {
		return
	}
	r.current = n
	n.resume <- struct{}{}
	if t != nil {
		<-t.resume
		if r.aborting {
			runtime.Goexit()
		}
	}
}

// pick returns who goes on, nil if all are done.
func (r *Run) pick(t *task) *task {
	r.options = r.options[:0]
	if t != nil && r.ready(t) {
		r.options = append(r.options, t)
	}
	preempts := len(r.options) > 0
	open := false
	for _, o := range r.tasks {
		open = open || !o.done
		if o != t && r.ready(o) {
			r.options = append(r.options, o)
		}
	}
	switch {
	case !open:
		return nil
	case len(r.options) == 0:
		r.abort(fmt.Errorf("deadlock: %s", r.stuck()))
		return r.pick(t) // aborting: everybody is ready, to end
	case r.aborting || len(r.options) == 1:
		return r.options[0]
	}
	return r.options[r.choose.choose(len(r.options), preempts)]
}

func (r *Run) ready(t *task) bool {
	if t.wait && (r.writes > t.looked || r.aborting) {
		t.wait = false
	}
	return !t.done && !t.wait
}

func (r *Run) stuck() string {
	text := ""
	for _, t := range r.tasks {
		if !t.done {
			text += fmt.Sprintf(" goroutine %d waits;", t.id)
		}
	}
	return text
}

func (r *Run) abort(err error) {
	if r.failure == nil {
		r.failure = err
	}
	r.aborting = true
}
