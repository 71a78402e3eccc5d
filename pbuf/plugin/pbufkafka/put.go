package pbufkafka

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/source"
)

// put puts the records of a poll. It returns an error if Run is to end; what was put
// before that counts.
func (c *Consumer[K, V]) put(ctx context.Context, g *group) error {
	for i := range g.shares {
		s := &g.shares[i]
		for _, r := range s.records {
			if c.book.over(s.tenure) {
				break // others read it, or we do again
			}
			stored, err := c.accept(ctx, r)
			switch {
			case err == nil:
				c.counts.stored(stored)
			case errors.Is(err, pbuf.ErrClosed), errors.Is(err, pbuf.ErrOptions): // for all that come
				return fmt.Errorf("pbufkafka: group %s: %w", c.config.Group, err)
			case ctx.Err() != nil: // it waited for room
				return nil // drained, and counted as not delivered
			case source.Full(err):
				s.refused = err
				c.book.refuse(s.tenure)
			default:
				if err := c.undecodable(ctx, r, err); err != nil {
					return err
				}
			}
			if s.refused != nil {
				break
			}
			s.next = kgo.EpochOffset{Epoch: r.LeaderEpoch, Offset: r.Offset + 1}
			s.put++
		}
		s.records = nil
	}
	return nil
}

// accept decodes a record and writes it. A panic of what the user gave, Decode and the
// functions of the buffer's options, is its error: another attempt would panic too.
func (c *Consumer[K, V]) accept(ctx context.Context, r *kgo.Record) (stored bool, err error) {
	defer recovered(&err)
	change, err := c.config.Decode(r)
	if err != nil {
		return false, &DecodeError{Err: err}
	}
	version := change.Version
	if c.config.Version == VersionFromOffset {
		version = r.Offset
	}
	return source.Write(ctx, c.config.Buffer, source.Change[K, V]{
		Key: change.Key, Value: change.Value, Deleted: change.Deleted,
		Versioned: c.config.Version != VersionNone, Version: version,
	})
}

// undecodable hands a record to OnUndecodable; an error if nobody takes it.
func (c *Consumer[K, V]) undecodable(ctx context.Context, r *kgo.Record, cause error) (err error) {
	defer recovered(&err)
	refused := &RecordError{Topic: r.Topic, Partition: r.Partition, Offset: r.Offset, Err: cause}
	c.counts.failed(refused)
	if c.config.OnUndecodable == nil {
		return refused
	}
	if err := c.config.OnUndecodable(ctx, r, refused); err != nil {
		return fmt.Errorf("%w: OnUndecodable: %w", refused, err)
	}
	c.counts.undecodable()
	return nil
}

// recovered makes a panic an error.
func recovered(err *error) {
	if r := recover(); r != nil {
		*err = &PanicError{Value: r}
	}
}
