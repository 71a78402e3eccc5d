package pbuf

import (
	"fmt"
	"time"

	"github.com/partitioned-buffer/go/internal/shard"
)

// Defaults of Retry.
const (
	DefaultInitialBackoff = 100 * time.Millisecond
	DefaultMaxBackoff     = 30 * time.Second
)

// MaxAttempts is the highest Retry.MaxAttempts, and what Entry.Attempts stops at.
const MaxAttempts = shard.MaxAttempts

// RetryPolicy says what becomes of entries whose delivery failed.
type RetryPolicy uint8

const (
	// Requeue puts them back into the buffer, where a write to the same key that
	// came since wins: memory stays bounded by distinct keys, and the next delivery
	// carries the freshest value once.
	Requeue RetryPolicy = iota
	// GiveUp gives up on them at once: to DeadLetter, or else they are dropped and
	// counted. There are no retries and no backoff.
	GiveUp
)

// Retry configures what happens after a failed delivery. The zero Retry requeues
// without a limit of attempts: nothing is lost while the buffer runs.
//
// After a delivery in which something failed with no Permanent error, the
// partition waits for a random time around its backoff and then delivers at once
// what it holds. Meanwhile neither its interval nor its threshold nor a full
// buffer starts a delivery; Flush and Stop do. The backoff doubles from
// InitialBackoff to MaxBackoff and starts anew once something was delivered.
//
// After two batches in a row that failed as a whole, with nothing delivered
// before them, the sink counts as down: the rest of the generation is requeued
// without being tried, and without an attempt being counted. The policy GiveUp and
// Stop try every batch.
type Retry struct {
	// Policy is Requeue (the default) or GiveUp.
	Policy RetryPolicy
	// MaxAttempts is how many deliveries of an entry may fail before it is given
	// up: it goes to DeadLetter, or is dropped without one. Default: 0, no limit.
	// At most 127. Not with GiveUp, whose limit is one.
	//
	// Batches that fail as a whole are split so that an entry is alone in its batch
	// in its last attempt, if MaxAttempts is 2 or more.
	MaxAttempts int
	// InitialBackoff is the first waiting time. Default: 100 ms. Not with GiveUp.
	InitialBackoff time.Duration
	// MaxBackoff is the longest waiting time. Default: 30 s, or InitialBackoff if
	// that is longer. Not with GiveUp.
	MaxBackoff time.Duration
}

// resolve fills in the defaults and validates.
func (r *Retry) resolve() error {
	switch {
	case r.Policy > GiveUp:
		return fmt.Errorf("%w: Retry.Policy is %v, must be Requeue or GiveUp", ErrOptions, r.Policy)
	case r.MaxAttempts < 0 || r.MaxAttempts > MaxAttempts:
		return fmt.Errorf("%w: Retry.MaxAttempts is %d, must be 0 (no limit) to %d", ErrOptions, r.MaxAttempts, MaxAttempts)
	case r.Policy == GiveUp && *r != Retry{Policy: GiveUp}:
		return fmt.Errorf("%w: Retry.Policy is GiveUp, which knows no MaxAttempts (%d), InitialBackoff (%v) or MaxBackoff (%v)",
			ErrOptions, r.MaxAttempts, r.InitialBackoff, r.MaxBackoff)
	}
	if r.InitialBackoff != 0 {
		if err := checkDuration("Retry.InitialBackoff", r.InitialBackoff, time.Millisecond); err != nil {
			return err
		}
	}
	if r.MaxBackoff != 0 {
		if err := checkDuration("Retry.MaxBackoff", r.MaxBackoff, 100*time.Millisecond); err != nil {
			return err
		}
	}
	r.InitialBackoff = orDefault(r.InitialBackoff, DefaultInitialBackoff)
	r.MaxBackoff = orDefault(r.MaxBackoff, max(DefaultMaxBackoff, r.InitialBackoff))
	if r.MaxBackoff < r.InitialBackoff {
		return fmt.Errorf("%w: Retry.MaxBackoff is %v, below InitialBackoff (%v)", ErrOptions, r.MaxBackoff, r.InitialBackoff)
	}
	return nil
}

// exhausted reports whether an entry with that many failed deliveries is given up.
func (r *Retry) exhausted(attempts uint8) bool {
	return r.Policy == GiveUp || r.MaxAttempts > 0 && int(attempts) >= r.MaxAttempts
}

// pause is a partition's backoff. It belongs to the flusher.
type pause struct {
	initial, limit time.Duration
	failures       int // since something was delivered
}

func newPause(r Retry) pause { return pause{initial: r.InitialBackoff, limit: r.MaxBackoff} }

// after returns the time to wait after a failure; alive says that the same
// cycle delivered something.
func (p *pause) after(alive bool) time.Duration {
	if alive {
		p.failures = 0
	}
	p.failures++
	return jittered(doubled(p.initial, p.failures-1, p.limit), p.limit)
}
