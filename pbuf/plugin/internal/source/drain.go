// Package source has what the plugins that feed a buffer from a broker have in common.
package source

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Drain is the time after the end of a context in which what has been fetched is still
// put and delivered.
type Drain struct {
	Ctx context.Context // ends with the timeout

	cancel  context.CancelCauseFunc
	stop    func() bool
	timeout time.Duration
	late    error
	once    sync.Once
	begun   chan struct{}
}

// NewDrain makes a Drain that begins when ctx ends, or with Begin, and may take that
// long; plugin names whose DrainTimeout that is in its error. It is to be ended with End.
func NewDrain(ctx context.Context, plugin string, timeout time.Duration) *Drain {
	d := &Drain{timeout: timeout, begun: make(chan struct{}), late: errors.New(plugin + ": DrainTimeout")}
	d.Ctx, d.cancel = context.WithCancelCause(context.WithoutCancel(ctx))
	d.stop = context.AfterFunc(ctx, d.Begin)
	return d
}

// Begin begins it, if it has not begun.
func (d *Drain) Begin() {
	d.once.Do(func() {
		close(d.begun)
		timer := time.AfterFunc(d.timeout, func() { d.cancel(fmt.Errorf("%w is %v", d.late, d.timeout)) })
		context.AfterFunc(d.Ctx, func() { timer.Stop() })
	})
}

// Begun reports whether it has begun.
func (d *Drain) Begun() bool {
	select {
	case <-d.begun:
		return true
	default:
		return false
	}
}

// End ends it: nothing is waited for any more.
func (d *Drain) End() {
	d.stop()
	d.cancel(nil)
}
