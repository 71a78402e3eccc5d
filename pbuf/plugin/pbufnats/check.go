package pbufnats

import (
	"fmt"
	"math"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// check says what in the server's settings of the consumer would lose messages, or
// stall. interval is the buffer's.
func (c *Config[K, V]) check(info *jetstream.ConsumerInfo, interval time.Duration) error {
	s := &info.Config
	switch {
	case s.AckPolicy != jetstream.AckExplicitPolicy:
		// AckAll would acknowledge what other processes have.
		return fmt.Errorf("%w: AckPolicy of consumer %s is %v, must be explicit", ErrConfig, info.Name, s.AckPolicy)
	case s.MaxDeliver > 0:
		return fmt.Errorf("%w: MaxDeliver of consumer %s is %d, must be -1: a message whose processes died as often would be lost",
			ErrConfig, info.Name, s.MaxDeliver)
	case s.MaxAckPending > 0 && s.MaxAckPending < c.Batch:
		return fmt.Errorf("%w: MaxAckPending of consumer %s is %d, must be at least %d, the Batch", ErrConfig, info.Name, s.MaxAckPending, c.Batch)
	case s.MaxRequestBatch > 0 && s.MaxRequestBatch < c.Batch:
		return fmt.Errorf("%w: Batch is %d, but MaxRequestBatch of consumer %s is %d", ErrConfig, c.Batch, info.Name, s.MaxRequestBatch)
	}
	if wait := ackWait(info); wait < 2*c.MaxWait {
		return fmt.Errorf("%w: AckWait of consumer %s is %v, must be at least %v, twice MaxWait: a fetch would outlast it",
			ErrConfig, info.Name, wait, 2*c.MaxWait)
	}
	if need := pending(c.Rate, interval+c.MaxWait); s.MaxAckPending > 0 && s.MaxAckPending < need {
		return fmt.Errorf("%w: MaxAckPending of consumer %s is %d, must be at least %d: %v messages per second are pending "+
			"for the flush interval of %v and MaxWait, %v, half as long again for the delivery",
			ErrConfig, info.Name, s.MaxAckPending, need, c.Rate, interval, c.MaxWait)
	}
	return nil
}

// pending is how many messages are delivered and not acknowledged while each of them
// is held for that long and its delivery takes half of it again.
func pending(rate float64, held time.Duration) int {
	n := math.Ceil(rate * held.Seconds() * 1.5)
	return int(min(n, math.MaxInt32))
}

// ackWait is how long the server waits for the ack of a first delivery.
func ackWait(info *jetstream.ConsumerInfo) time.Duration {
	if b := info.Config.BackOff; len(b) > 0 {
		return b[0]
	}
	return info.Config.AckWait
}
