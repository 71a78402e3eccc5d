package source

import (
	"context"
	"time"
)

const maxBackoff = 2 * time.Second

// Backoff is the time before the next attempt after that many failed ones.
func Backoff(failures int) time.Duration {
	return min(maxBackoff, 10*time.Millisecond<<min(failures, 10))
}

// Wait waits that long, or until ctx ends.
func Wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
