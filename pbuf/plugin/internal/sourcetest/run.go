package sourcetest

import (
	"context"
	"testing"
	"time"
)

// Patience is how long a test waits for what must happen.
const Patience = 20 * time.Second

// Eventually waits until the condition holds: of what brokers, servers and clients do in
// their own time.
func Eventually(tb testing.TB, what string, condition func() bool) {
	tb.Helper()
	deadline, tick := time.After(Patience), time.NewTicker(5*time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-tick.C:
		case <-deadline:
			tb.Fatalf("it never happens: %s", what)
		}
	}
}

// Running is a Run at work.
type Running struct {
	tb    testing.TB
	leave context.CancelFunc
	ended chan error
}

// Start starts it. It has ended when the test has.
func Start(tb testing.TB, run func(context.Context) error) *Running {
	ctx, leave := context.WithCancel(context.Background())
	r := &Running{tb: tb, leave: leave, ended: make(chan error, 1)}
	go func() { r.ended <- run(ctx); close(r.ended) }()
	tb.Cleanup(func() { leave(); <-r.ended })
	return r
}

// Stop has it leave and returns what Run returned.
func (r *Running) Stop() error {
	r.tb.Helper()
	r.leave()
	return r.Wait()
}

// Wait returns what Run returned.
func (r *Running) Wait() error {
	r.tb.Helper()
	select {
	case err := <-r.ended:
		return err
	case <-time.After(Patience):
		r.tb.Fatal("Run does not return")
		return nil
	}
}
