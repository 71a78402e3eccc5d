package pbufnats

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/source"
)

// Consumer feeds a buffer from a JetStream consumer. New makes one, Run runs it.
type Consumer[K comparable, V any] struct {
	config Config[K, V]
	name   string
	extend time.Duration // after which the server is to hear of a message again

	running atomic.Bool // Run's Swap is first: there is one Run
	counts  counts
	open    groups
}

// New checks the Config, and with a request to the server the settings of the
// consumer: what would lose messages or stall it is an error, which wraps ErrConfig,
// now.
func New[K comparable, V any](ctx context.Context, config Config[K, V]) (*Consumer[K, V], error) {
	if ctx == nil {
		return nil, fmt.Errorf("%w: the context is nil", ErrConfig)
	}
	if err := config.resolve(); err != nil {
		return nil, err
	}
	settings := config.Buffer.Settings()
	if settings.FlushInterval == 0 {
		return nil, fmt.Errorf("%w: Buffer was not made by pbuf.New", ErrConfig)
	}
	info, err := config.Consumer.Info(ctx)
	if err != nil {
		return nil, fmt.Errorf("pbufnats: consumer: %w", err)
	}
	if err := config.check(info, settings.FlushInterval); err != nil {
		return nil, err
	}
	c := &Consumer[K, V]{config: config, name: info.Name, extend: ackWait(info) / 3} // two may be lost
	c.open.wake = make(chan struct{}, 1)
	return c, nil
}

// Run fetches, puts and acknowledges until the context ends, and then drains: the
// fetch in progress comes in and is put, the buffer is flushed, what it delivered is
// acknowledged, what is left after DrainTimeout is given back to the server for others.
// It returns nil if all was acknowledged; an error that says how many messages were
// not, or what ended it early: the buffer was stopped, the consumer deleted. What is
// given back is not lost, and may be delivered twice.
//
// While the server is away, or the sink, Run goes on trying. It runs once.
func (c *Consumer[K, V]) Run(ctx context.Context) error {
	if ctx == nil {
		return fmt.Errorf("%w: Run: the context is nil", ErrConfig)
	}
	// Ours is the only one that finds false; it orders nothing else.
	if c.running.Swap(true) {
		return errors.New("pbufnats: Run was called before")
	}
	drain := source.NewDrain(ctx, "pbufnats", c.config.DrainTimeout)
	defer drain.End()

	var settling sync.WaitGroup
	settling.Go(func() { c.settle(drain) })
	err := c.fetch(ctx, drain.Ctx)
	drain.Begin() // also if fetch ended for a reason of its own
	// It hurries the checkpoints, which say what became of it.
	_ = c.config.Buffer.Flush(drain.Ctx)
	c.open.close()
	settling.Wait()
	left := c.giveBack(context.Cause(drain.Ctx))
	switch {
	case err != nil:
		return err
	case left > 0:
		return fmt.Errorf("pbufnats: consumer %s: %d messages not acknowledged: %w", c.name, left, context.Cause(drain.Ctx))
	}
	return nil
}

// fetch fetches and puts until ctx ends. Within a fetch it goes by drain: what has
// been fetched is put.
func (c *Consumer[K, V]) fetch(ctx, drain context.Context) error {
	options := append([]jetstream.FetchOpt{jetstream.FetchMaxWait(c.config.MaxWait)}, c.config.FetchOptions...)
	failures := 0
	for ctx.Err() == nil {
		began := time.Now()
		msgs, err := c.next(options)
		if len(msgs) > 0 {
			g := c.open.add(msgs, began)
			if err := c.put(drain, g); err != nil {
				return err
			}
			c.open.mark(g, c.config.Buffer.Checkpoint())
		}
		if err == nil {
			failures = 0
			continue
		}
		c.counts.fetchFailed(err)
		if errors.Is(err, jetstream.ErrConsumerDeleted) || errors.Is(err, jetstream.ErrInvalidOption) {
			return fmt.Errorf("pbufnats: consumer %s: %w", c.name, err)
		}
		failures++
		source.Wait(ctx, source.Backoff(failures))
	}
	return nil
}

// next is one fetch: all of it, so that each message can be kept alive from then on.
func (c *Consumer[K, V]) next(options []jetstream.FetchOpt) (msgs []jetstream.Msg, err error) {
	batch, err := c.config.Consumer.Fetch(c.config.Batch, options...)
	if err != nil {
		return nil, err
	}
	for m := range batch.Messages() {
		msgs = append(msgs, m)
	}
	return msgs, batch.Error()
}
