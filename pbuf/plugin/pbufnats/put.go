package pbufnats

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/source"
)

// put puts the messages of a fetch. It returns an error only if no message can be put
// any more; the rest of the group is then neither marked nor acknowledged.
func (c *Consumer[K, V]) put(ctx context.Context, g *group) error {
	for i, m := range g.msgs {
		meta, err := m.Metadata()
		if err == nil {
			c.counts.fetched(meta)
		}
		stored := false
		if err == nil {
			stored, err = c.accept(ctx, m, meta)
		}
		switch {
		case err == nil:
			c.counts.stored(stored)
		case errors.Is(err, pbuf.ErrClosed), errors.Is(err, pbuf.ErrOptions): // for all that come
			return fmt.Errorf("pbufnats: consumer %s: %w", c.name, err)
		case source.Full(err):
			c.open.drop(g, i) // first: it is not to be kept alive any more
			c.counts.nacked(err, m.NakWithDelay(c.config.NakDelay))
		default:
			c.open.drop(g, i)
			c.counts.undecodable(err, m.TermWithReason(reason(err)))
			if c.config.OnUndecodable != nil {
				c.config.OnUndecodable(m, err)
			}
		}
	}
	return nil
}

// accept decodes a message and writes it. A panic of what the user gave, Decode and the
// functions of the buffer's options, is its error: another delivery would panic too.
func (c *Consumer[K, V]) accept(ctx context.Context, m jetstream.Msg, meta *jetstream.MsgMetadata) (stored bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			stored, err = false, &PanicError{Value: r}
		}
	}()
	change, err := c.config.Decode(m)
	if err != nil {
		return false, &DecodeError{Err: err}
	}
	version := change.Version
	if c.config.Version == VersionFromStream {
		if meta.Sequence.Stream > math.MaxInt64 {
			return false, fmt.Errorf("pbufnats: sequence %d does not fit into a version", meta.Sequence.Stream)
		}
		version = int64(meta.Sequence.Stream)
	}
	return source.Write(ctx, c.config.Buffer, source.Change[K, V]{
		Key: change.Key, Value: change.Value, Deleted: change.Deleted,
		Versioned: c.config.Version != VersionNone, Version: version,
	})
}

// reason is what the server is told of why a message was terminated: some words.
func reason(err error) string {
	var panicked *PanicError
	if errors.As(err, &panicked) {
		return "panic"
	}
	return "undecodable"
}
