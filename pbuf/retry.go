package pbuf

import (
	"fmt"
	"time"

	"github.com/partitioned-buffer/go/internal/shard"
)

// MaxAttempts is the highest Retry.MaxAttempts and Entry.Attempts.
const MaxAttempts = shard.MaxAttempts

// RetryPolicy says what becomes of entries whose delivery failed.
type RetryPolicy uint8

const (
	Requeue RetryPolicy = iota // puts them back into the buffer (see "Failed deliveries")
	GiveUp                     // gives them up at once: to DeadLetter, or else dropped and counted
	// Replay keeps the batch as it is and calls the processor with it again, after a
	// backoff, before anything newer of its partition is delivered; newer writes coalesce
	// meanwhile. So a transactional sink can apply each batch exactly once (see Batch), as
	// sums made by Merge need, which Requeue would add twice when a commit's reply is lost.
	// The price: one batch holds up its partition until it is given up as a whole, after
	// MaxAttempts. Where Failed or Permanent parts a batch, what is left of it is a new
	// batch with a new number; a TableProcessor's generation is repeated as one piece. It
	// ends with the buffer: what Stop left may be applied again by the next.
	Replay
)

// Retry says what happens after a failed delivery (see "Failed deliveries"). Its zero
// value requeues without limit: nothing is lost before Stop.
type Retry struct {
	Policy RetryPolicy // Requeue (the default), GiveUp, which takes no other field, or Replay
	// MaxAttempts: flushes, or with Replay calls, that may fail to deliver an entry before
	// it is given up, at most 127. Default: 0, no limit
	MaxAttempts    int
	InitialBackoff time.Duration // first waiting time. Default: 100 ms
	MaxBackoff     time.Duration // longest. Default: 30 s, or InitialBackoff if that is longer
}

// resolve fills in the defaults and validates.
func (r *Retry) resolve() error {
	switch {
	case r.Policy > Replay:
		return fmt.Errorf("%w: Retry.Policy is %v, must be Requeue, GiveUp or Replay", ErrOptions, r.Policy)
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
func (r *Retry) exhausted(attempts int) bool {
	return r.Policy == GiveUp || r.MaxAttempts > 0 && attempts >= r.MaxAttempts
}

// backoff is the waiting time after n failures. jitter is from 0 to 1, the same for
// all that waits for one flush.
func (r *Retry) backoff(n int, jitter float64) time.Duration {
	return jittered(doubled(r.InitialBackoff, n-1, r.MaxBackoff), jitter, r.MaxBackoff)
}
