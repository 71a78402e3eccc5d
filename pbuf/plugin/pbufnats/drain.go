package pbufnats

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// drain is the time after the end of Run's context.
type drain struct {
	ctx     context.Context // ends with the timeout
	cancel  context.CancelCauseFunc
	timeout time.Duration
	once    sync.Once
	begun   chan struct{}
}

// begins reports whether it has begun.
func (d *drain) begins() bool {
	select {
	case <-d.begun:
		return true
	default:
		return false
	}
}

var errDrain = errors.New("pbufnats: DrainTimeout")

func (d *drain) begin() {
	d.once.Do(func() {
		close(d.begun)
		timer := time.AfterFunc(d.timeout, func() { d.cancel(fmt.Errorf("%w is %v", errDrain, d.timeout)) })
		context.AfterFunc(d.ctx, func() { timer.Stop() })
	})
}
