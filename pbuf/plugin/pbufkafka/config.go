package pbufkafka

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/partitioned-buffer/go/pbuf"
)

// Defaults of Config.
const (
	DefaultBatch         = 1024
	DefaultMaxOpen       = 4096
	DefaultLossDelay     = time.Second
	DefaultRevokeTimeout = 15 * time.Second
	DefaultDrainTimeout  = 30 * time.Second
)

// Change is what a record says about a key.
type Change[K comparable, V any] struct {
	Key     K
	Value   V
	Version int64 // for VersionFromMessage; otherwise ignored
	Deleted bool  // the key is gone; needs Options.Tombstones
}

// VersionFrom says where versions come from.
type VersionFrom uint8

const (
	// VersionFromOffset takes the record's offset: the latest record of a key wins.
	// Offsets of two partitions are not comparable: a key must stay in its partition,
	// for ever. So producers partition by that key, all of them alike; the number of
	// partitions does not change while the table lives; and the table has one topic,
	// which is not deleted and made anew. Where that cannot be had, VersionFromMessage.
	VersionFromOffset VersionFrom = iota
	// VersionFromMessage takes Change.Version. Two records of a key must not have the
	// same one, or either of them may win.
	VersionFromMessage
	// VersionNone writes with Put: for buffers with Options.Newer, whose versions are in
	// the values, or with a Merge to which a repeated value makes no difference (maxima,
	// sets). With any other buffer a record that is read again takes its key back.
	VersionNone
)

// LossPolicy says what happens when the buffer lost something: what was given up
// without a DeadLetter, dropped for want of room, or refused for it.
type LossPolicy uint8

const (
	// LossReread reads the partitions of that poll again, from where it was lost, after
	// LossDelay. What can never be delivered is read for ever: give it a DeadLetter.
	LossReread LossPolicy = iota
	// LossStop ends Run with a LossError. The next process reads it again.
	LossStop
)

// Config configures a Consumer. The zero value of a field means its default.
type Config[K comparable, V any] struct {
	// Options are of the client that Run makes: SeedBrokers at least, and what the
	// brokers want of TLS and SASL. The consumer is in charge of groups, topics, commits
	// and of what happens when partitions come and go: New refuses options for any of it.
	// Unless they say otherwise, the balancer is cooperative-sticky, records of aborted
	// transactions are not read, fetches wait for half a second at most, and marked
	// offsets are committed every second.
	Options []kgo.Opt
	// Group is the consumer group. Any number of processes may be in it. It must be set.
	Group string
	// Topics are what it reads. They must be set, and exist.
	Topics []string
	// Buffer is where records go. It must be set, and it remains the caller's: it is to
	// be stopped after Run has returned. Its OnFull should be Block, which stops the
	// polling while it is full; for other policies see OnLoss.
	Buffer *pbuf.Map[K, V]
	// Decode makes changes of records. It must be set. It runs on the goroutine of Run.
	Decode func(*kgo.Record) (Change[K, V], error)
	// Version says where versions come from. Default: VersionFromOffset.
	Version VersionFrom

	// OnUndecodable takes each record of which Decode returns an error or panics, or
	// which the buffer refuses for what it is: for a dead letter topic, for example. The
	// record counts as safe when it returns nil. An error of it ends Run, and that record
	// is the first one that is read again. It runs on the goroutine of Run; its context
	// ends with DrainTimeout. Default: none, such a record ends Run.
	OnUndecodable func(context.Context, *kgo.Record, *RecordError) error
	// OnLoss says what happens when the buffer lost something. Default: LossReread.
	OnLoss LossPolicy
	// LossDelay is how long nothing is polled after that. Default: 1 s.
	LossDelay time.Duration

	// Batch is the most records in one poll, and so under one checkpoint. Default: 1024.
	Batch int
	// MaxOpen is the most checkpoints that are not done: then polling pauses, so there
	// are never more than Batch times MaxOpen records to read again. Default: 4096.
	MaxOpen int
	// RevokeTimeout is how long partitions that go to another member are held back until
	// what was polled of them is put, delivered and committed. What is not then, that
	// member reads again. Twice that must fit into the group's RebalanceTimeout, which
	// is 60 s unless Options say otherwise. Default: 15 s.
	RevokeTimeout time.Duration
	// DrainTimeout is the time that Run may take, once its context has ended, to put and
	// deliver what it has; to commit and leave it may take as long again. Default: 30 s.
	DrainTimeout time.Duration
}

func (c *Config[K, V]) resolve() error {
	switch {
	case len(c.Options) == 0:
		return fmt.Errorf("%w: Options are empty, must have kgo.SeedBrokers", ErrConfig)
	case c.Group == "":
		return fmt.Errorf("%w: Group is empty", ErrConfig)
	case len(c.Topics) == 0:
		return fmt.Errorf("%w: Topics are empty", ErrConfig)
	case slices.Contains(c.Topics, ""):
		return fmt.Errorf("%w: a topic is empty, of %q", ErrConfig, c.Topics)
	case c.Buffer == nil:
		return fmt.Errorf("%w: Buffer is nil", ErrConfig)
	case c.Decode == nil:
		return fmt.Errorf("%w: Decode is nil", ErrConfig)
	case c.Version > VersionNone:
		return fmt.Errorf("%w: Version is %d, must be VersionFromOffset, VersionFromMessage or VersionNone", ErrConfig, c.Version)
	case c.OnLoss > LossStop:
		return fmt.Errorf("%w: OnLoss is %d, must be LossReread or LossStop", ErrConfig, c.OnLoss)
	}
	for _, n := range []struct {
		name  string
		value *int
		def   int
	}{
		{"Batch", &c.Batch, DefaultBatch},
		{"MaxOpen", &c.MaxOpen, DefaultMaxOpen},
	} {
		if *n.value == 0 {
			*n.value = n.def
		}
		if *n.value < 0 {
			return fmt.Errorf("%w: %s is %d, must be positive", ErrConfig, n.name, *n.value)
		}
	}
	for _, d := range []struct {
		name  string
		value *time.Duration
		def   time.Duration
	}{
		{"LossDelay", &c.LossDelay, DefaultLossDelay},
		{"RevokeTimeout", &c.RevokeTimeout, DefaultRevokeTimeout},
		{"DrainTimeout", &c.DrainTimeout, DefaultDrainTimeout},
	} {
		if *d.value == 0 {
			*d.value = d.def
		}
		if *d.value < time.Millisecond {
			return fmt.Errorf("%w: %s is %v, must be at least 1 ms", ErrConfig, d.name, *d.value)
		}
	}
	return nil
}
