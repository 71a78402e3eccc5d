package pbufkafka

import (
	"context"

	"github.com/twmb/franz-go/pkg/kgo"
)

// settle marks what checkpoints say is safe, in the order of polls, until no more comes
// or ctx ends.
func (c *Consumer[K, V]) settle(ctx context.Context, client *kgo.Client) {
	for {
		_, checkpoint, changed, over := c.book.first()
		if over {
			return
		}
		var done <-chan struct{}
		if checkpoint != nil {
			done = checkpoint.Done()
		}
		select {
		case <-done:
			r := c.book.settle(checkpoint.Err(), client.MarkCommitOffsets)
			c.counts.settled(r)
			if r.loss != nil && c.config.OnLoss == LossStop {
				c.stop(&LossError{Err: r.loss})
			}
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}
