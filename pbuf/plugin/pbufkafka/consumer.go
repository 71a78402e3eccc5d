package pbufkafka

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/source"
)

// Consumer feeds a buffer from a consumer group. New makes one, Run runs it.
type Consumer[K comparable, V any] struct {
	config Config[K, V]

	running atomic.Bool // Run's Swap is first: there is one Run
	counts  counts
	book    book
	stop    context.CancelCauseFunc // ends the polling; set by Run
}

// New checks the Config, and asks the brokers for the topics: what would lose records or
// stall the group is an error, which wraps ErrConfig, now. It joins no group.
func New[K comparable, V any](ctx context.Context, config Config[K, V]) (*Consumer[K, V], error) {
	if ctx == nil {
		return nil, fmt.Errorf("%w: the context is nil", ErrConfig)
	}
	if err := config.resolve(); err != nil {
		return nil, err
	}
	if config.Buffer.Settings().FlushInterval == 0 {
		return nil, fmt.Errorf("%w: Buffer was not made by pbuf.New", ErrConfig)
	}
	if err := config.check(ctx); err != nil {
		return nil, err
	}
	c := &Consumer[K, V]{config: config}
	c.book.init()
	return c, nil
}

// Run joins the group, polls, puts and commits until the context ends, and then drains:
// what was polled is put, the buffer is flushed, what it delivered is committed, the
// group is left. It returns nil if all of that was done; an error that says how many
// records were not, or what ended it early: a record that nobody takes, a loss with
// LossStop, the buffer was stopped, another process has its InstanceID, a topic was
// deleted. What is not committed is not lost: the group reads it again.
//
// While brokers are away, or the sink, Run goes on trying. It runs once.
func (c *Consumer[K, V]) Run(ctx context.Context) error {
	if ctx == nil {
		return fmt.Errorf("%w: Run: the context is nil", ErrConfig)
	}
	// Ours is the only one that finds false; it orders nothing else.
	if c.running.Swap(true) {
		return errors.New("pbufkafka: Run was called before")
	}
	polling, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	c.stop = stop
	client, err := kgo.NewClient(c.options()...)
	if err != nil {
		return fmt.Errorf("%w: Options: %w", ErrConfig, err)
	}
	drain := source.NewDrain(polling, "pbufkafka", c.config.DrainTimeout)
	defer drain.End()

	var settling sync.WaitGroup
	settling.Go(func() { c.settle(drain.Ctx, client) })
	err = c.fetch(polling, drain.Ctx, client)
	drain.Begin() // also if fetch ended for a reason of its own
	// It hurries the checkpoints, which say what became of it.
	_ = c.config.Buffer.Flush(drain.Ctx)
	c.book.close()
	settling.Wait()
	left := c.book.rest()
	failed := c.leave(ctx, client)
	switch {
	case err != nil:
		return err
	case left > 0:
		return fmt.Errorf("pbufkafka: group %s: %d records not delivered, they are read again: %w", c.config.Group, left, context.Cause(drain.Ctx))
	case failed != nil:
		return fmt.Errorf("pbufkafka: group %s: commit: %w", c.config.Group, failed)
	}
	return nil
}

// options are the client's: defaults that the user may change, the user's own, and ours.
func (c *Consumer[K, V]) options() []kgo.Opt {
	options := []kgo.Opt{
		kgo.Balancers(kgo.CooperativeStickyBalancer()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.AutoCommitInterval(time.Second),
		kgo.FetchMaxWait(500 * time.Millisecond), // how long a partition that was just assigned, or is read again, waits for the others
	}
	options = append(options, c.config.Options...)
	return append(options,
		kgo.ConsumerGroup(c.config.Group),
		kgo.ConsumeTopics(c.config.Topics...),
		kgo.AutoCommitMarks(),
		kgo.AutoCommitCallback(c.committed),
		kgo.BlockRebalanceOnPoll(),
		kgo.OnPartitionsAssigned(c.assigned),
		kgo.OnPartitionsRevoked(c.revoked),
		kgo.OnPartitionsLost(c.lost),
	)
}

// fetch polls and puts until ctx ends. Within a poll it goes by drain: what has been
// polled is put.
func (c *Consumer[K, V]) fetch(ctx, drain context.Context, client *kgo.Client) error {
	failures := 0
	for c.ready(ctx) {
		g, err := c.poll(ctx, client)
		if g != nil {
			err := c.put(drain, g)
			c.book.mark(g, c.config.Buffer.Checkpoint()) // of what was put before the error, too
			if err != nil {
				return err
			}
		}
		if err == nil {
			failures = 0
			continue
		}
		c.counts.fetchFailed(err)
		if final(err) {
			return fmt.Errorf("pbufkafka: group %s: %w", c.config.Group, err)
		}
		failures++
		source.Wait(ctx, source.Backoff(failures))
	}
	var loss *LossError
	if errors.As(context.Cause(ctx), &loss) {
		return loss
	}
	return nil
}

// ready waits until there may be another poll; false if ctx has ended.
func (c *Consumer[K, V]) ready(ctx context.Context) bool {
	if c.book.rereads() {
		source.Wait(ctx, c.config.LossDelay)
	}
	if open, _, _ := c.book.size(); open >= c.config.MaxOpen {
		c.counts.paused()
		c.book.await(ctx, func() bool { return len(c.book.queue) < c.config.MaxOpen })
	}
	return ctx.Err() == nil
}

// pollWait is how long one poll waits: what is to be read again waits for it.
const pollWait = 100 * time.Millisecond

// poll is one poll, as a group of the book; nil if there was nothing.
func (c *Consumer[K, V]) poll(ctx context.Context, client *kgo.Client) (*group, error) {
	ctx, cancel := context.WithTimeout(ctx, pollWait)
	defer cancel()
	fetches := client.PollRecords(ctx, c.config.Batch)
	// From a poll that returned something until then no partition comes or goes, so what
	// was polled belongs to the tenures of now. Putting it may take its time and does
	// not block the group: a sink that is away would have this member thrown out.
	defer client.AllowRebalance()
	g, records := c.book.add(fetches)
	c.counts.polled(records)
	if len(fetches) > 0 {
		c.counts.reread(c.book.reread(client.SetOffsets))
	}
	var first error
	fetches.EachError(func(topic string, partition int32, err error) {
		switch {
		case first != nil, topic == "" && ctx.Err() != nil: // there was nothing to poll
		case topic == "":
			first = err
		default:
			first = fmt.Errorf("%s[%d]: %w", topic, partition, err)
		}
	})
	return g, first
}

// final reports whether polling on is of no use, or does harm.
func final(err error) bool {
	return errors.Is(err, kgo.ErrClientClosed) ||
		errors.Is(err, kerr.FencedInstanceID) || // two would fence each other for ever
		errors.Is(err, kerr.UnknownTopicID) // its offsets say nothing about the new one
}

// leave commits what is marked and leaves the group.
func (c *Consumer[K, V]) leave(ctx context.Context, client *kgo.Client) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.config.DrainTimeout)
	defer cancel()
	err := c.commit(ctx, client)
	if left := client.LeaveGroupContext(ctx); left != nil {
		c.counts.failed(left) // the group finds out for itself
	}
	client.Close()
	return err
}
