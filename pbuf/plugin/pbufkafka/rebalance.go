package pbufkafka

import (
	"context"
	"errors"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/source"
)

// assigned takes partitions that are ours from now on.
func (c *Consumer[K, V]) assigned(_ context.Context, _ *kgo.Client, partitions map[string][]int32) {
	c.book.begin(partitions)
}

// revoked delivers and commits what was polled of partitions that go to others, as far
// as RevokeTimeout allows. The group waits for its return, polls do too.
func (c *Consumer[K, V]) revoked(ctx context.Context, client *kgo.Client, partitions map[string][]int32) {
	going := places(partitions)
	if len(going) == 0 {
		return // the end of a session that keeps its partitions
	}
	c.deliver(ctx, going)
	if !c.book.left() { // Run has committed all that it will
		ctx, cancel := context.WithTimeout(ctx, c.config.RevokeTimeout)
		defer cancel()
		_ = c.commit(ctx, client) // counted; what it failed to commit is read again
	}
	c.book.end(partitions)
	c.counts.revoked(len(going))
}

// deliver waits until nothing of the partitions is open, or RevokeTimeout is over.
func (c *Consumer[K, V]) deliver(ctx context.Context, going map[place]struct{}) {
	ctx, cancel := context.WithTimeout(ctx, c.config.RevokeTimeout)
	defer cancel()
	if !c.book.await(ctx, func() bool { return !c.book.pending(going, true) }) {
		return
	}
	if c.book.waits(going) {
		_ = c.config.Buffer.Flush(ctx) // the checkpoints say what became of it
		c.book.await(ctx, func() bool { return !c.book.pending(going, false) })
	}
}

// lost forgets partitions that others may have had for some time: a commit of ours would
// take theirs back.
func (c *Consumer[K, V]) lost(_ context.Context, _ *kgo.Client, partitions map[string][]int32) {
	c.book.end(partitions)
	c.counts.lostTo(len(places(partitions)))
}

// commit commits what is marked, and tries again until ctx ends or that is of no use.
func (c *Consumer[K, V]) commit(ctx context.Context, client *kgo.Client) (err error) {
	for failures := 1; ; failures++ {
		marked := client.MarkedOffsets()
		if len(marked) == 0 {
			return err // nil; or the partitions were lost while it was repeated
		}
		client.CommitOffsetsSync(ctx, marked, func(_ *kgo.Client, request *kmsg.OffsetCommitRequest, response *kmsg.OffsetCommitResponse, failed error) {
			err = c.commitDone(request, response, failed)
		})
		if err == nil || expelled(err) || ctx.Err() != nil {
			return err
		}
		source.Wait(ctx, source.Backoff(failures))
	}
}

// expelled reports whether the group no longer counts this process as its member.
func expelled(err error) bool {
	return errors.Is(err, kerr.UnknownMemberID) || errors.Is(err, kerr.IllegalGeneration) || errors.Is(err, kerr.FencedInstanceID)
}

// committed is told of the commits that the client makes for itself. One that failed is
// repeated with the next: its offsets stay marked.
func (c *Consumer[K, V]) committed(_ *kgo.Client, request *kmsg.OffsetCommitRequest, response *kmsg.OffsetCommitResponse, err error) {
	if errors.Is(err, context.Canceled) {
		return // we are leaving, and commit once more
	}
	_ = c.commitDone(request, response, err)
}

func (c *Consumer[K, V]) commitDone(request *kmsg.OffsetCommitRequest, response *kmsg.OffsetCommitResponse, err error) error {
	if err == nil {
		for _, topic := range response.Topics {
			for _, p := range topic.Partitions {
				if e := kerr.ErrorForCode(p.ErrorCode); e != nil {
					err = e
				}
			}
		}
	}
	if err != nil {
		c.counts.commitFailed(err)
		return err
	}
	for _, topic := range request.Topics {
		for _, p := range topic.Partitions {
			c.book.committed(place{topic.Topic, p.Partition}, p.Offset)
		}
	}
	c.counts.commitDone()
	return nil
}
