package pbufnats

import (
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/partitioned-buffer/go/pbuf"
)

// Defaults of Config.
const (
	DefaultBatch        = 512
	DefaultMaxWait      = 250 * time.Millisecond
	DefaultNakDelay     = time.Second
	DefaultDrainTimeout = 30 * time.Second
)

// ErrConfig is wrapped by the errors of New.
var ErrConfig = errors.New("pbufnats: invalid config")

// Change is what a message says about a key.
type Change[K comparable, V any] struct {
	Key     K
	Value   V
	Version int64 // for VersionFromMessage; otherwise ignored
	Deleted bool  // the key is gone; needs Options.Tombstones
}

// VersionFrom says where versions come from.
type VersionFrom uint8

const (
	// VersionFromStream takes the message's sequence in its stream: the latest message
	// of a key wins. Sequences of two streams, and of one that was deleted and made
	// anew, are not comparable: a table has one stream, or versions of its own.
	VersionFromStream VersionFrom = iota
	// VersionFromMessage takes Change.Version. Two messages of a key must not have the
	// same one, or either of them may win.
	VersionFromMessage
	// VersionNone writes with Put: for buffers with Options.Newer, whose versions are in
	// the values, or with a Merge to which a repeated value makes no difference (maxima,
	// sets). With any other buffer a redelivered message takes its key back.
	VersionNone
)

// Config configures a Consumer. The zero value of a field means its default.
type Config[K comparable, V any] struct {
	// Consumer is where messages come from: a pull consumer with explicit acks and
	// without MaxDeliver, durable if it is to survive its processes. Any number of
	// processes may share it. It must be set.
	Consumer jetstream.Consumer
	// Buffer is where they go. It must be set, and it remains the caller's: it is to be
	// stopped after Run has returned. Its OnFull should be Block, which stops the
	// fetching while it is full; what other policies drop or refuse is delivered again.
	Buffer *pbuf.Map[K, V]
	// Decode makes changes of messages. It must be set. A message of which it returns
	// an error, or panics, is terminated: never delivered again. It runs on the
	// goroutine of Run, and must not acknowledge the message.
	Decode func(jetstream.Msg) (Change[K, V], error)
	// Version says where versions come from. Default: VersionFromStream.
	Version VersionFrom

	// Batch is the most messages in one fetch, and so under one checkpoint. Default: 512.
	Batch int
	// MaxWait is how long a fetch waits for them: what it adds to the flush interval
	// while little comes in. Default: 250 ms.
	MaxWait time.Duration
	// FetchOptions are added to each fetch, for priority groups for example. Default: none.
	FetchOptions []jetstream.FetchOpt
	// NakDelay is how long the server keeps a message back that the buffer lost or had
	// no room for. Default: 1 s.
	NakDelay time.Duration
	// DrainTimeout is the time that Run may take, once its context has ended, to put,
	// flush and acknowledge what it has. Default: 30 s.
	DrainTimeout time.Duration

	// Rate is how many messages per second all processes of the consumer together are
	// to take. With it New refuses a MaxAckPending that is too small: messages are
	// pending for an interval and more, and at MaxAckPending the server sends no others.
	// Default: 0, unknown; then Stats.AtMaxAckPending shows it.
	Rate float64

	// OnUndecodable is called for each message that is terminated, since Decode or the
	// buffer refuses it for good (pbuf.ErrTooLarge, for example), on the goroutine of
	// Run. Default: none, they are counted.
	OnUndecodable func(jetstream.Msg, error)
}

func (c *Config[K, V]) resolve() error {
	switch {
	case c.Consumer == nil:
		return fmt.Errorf("%w: Consumer is nil", ErrConfig)
	case c.Buffer == nil:
		return fmt.Errorf("%w: Buffer is nil", ErrConfig)
	case c.Decode == nil:
		return fmt.Errorf("%w: Decode is nil", ErrConfig)
	case c.Version > VersionNone:
		return fmt.Errorf("%w: Version is %d, must be VersionFromStream, VersionFromMessage or VersionNone", ErrConfig, c.Version)
	case c.Batch < 0:
		return fmt.Errorf("%w: Batch is %d, must be positive", ErrConfig, c.Batch)
	case !(c.Rate >= 0):
		return fmt.Errorf("%w: Rate is %v messages per second, must not be negative", ErrConfig, c.Rate)
	}
	for _, d := range []struct {
		name  string
		value *time.Duration
		def   time.Duration
	}{
		{"MaxWait", &c.MaxWait, DefaultMaxWait},
		{"NakDelay", &c.NakDelay, DefaultNakDelay},
		{"DrainTimeout", &c.DrainTimeout, DefaultDrainTimeout},
	} {
		if *d.value == 0 {
			*d.value = d.def
		}
		if *d.value < time.Millisecond {
			return fmt.Errorf("%w: %s is %v, must be at least 1 ms", ErrConfig, d.name, *d.value)
		}
	}
	if c.Batch == 0 {
		c.Batch = DefaultBatch
	}
	return nil
}
