package pbufkafka

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// check asks the brokers for the topics, with a client of the user's options that is in
// no group, and says what in the options would not go with ours.
func (c *Config[K, V]) check(ctx context.Context) error {
	outside := append(c.Options[:len(c.Options):len(c.Options)], kgo.ConsumerGroup(""), kgo.ConsumeTopics())
	client, err := kgo.NewClient(outside...) // which refuses callbacks and commits of those in no group
	if err != nil {
		return fmt.Errorf("%w: Options: %w", ErrConfig, err)
	}
	defer client.Close()
	if p, ok := client.OptValue(kgo.ConsumePartitions).(map[string]map[int32]kgo.Offset); ok && len(p) > 0 {
		return fmt.Errorf("%w: Options: ConsumePartitions is set; the group hands out partitions", ErrConfig)
	}
	if g, ok := client.OptValue(kgo.ShareGroup).(string); ok && g != "" {
		return fmt.Errorf("%w: Options: ShareGroup is %q; Group is a consumer group", ErrConfig, g)
	}
	if t, ok := client.OptValue(kgo.RebalanceTimeout).(time.Duration); ok && t < 2*c.RevokeTimeout {
		return fmt.Errorf("%w: RebalanceTimeout is %v, must be at least %v, twice RevokeTimeout: the group would go on without this member",
			ErrConfig, t, 2*c.RevokeTimeout)
	}
	if regex, ok := client.OptValue(kgo.ConsumeRegex).(bool); ok && regex {
		if err := client.Ping(ctx); err != nil { // the topics may come later
			return fmt.Errorf("pbufkafka: brokers: %w", err)
		}
		return nil
	}
	return c.topics(ctx, client)
}

// topics returns an error if a topic is not there, or may not be seen.
func (c *Config[K, V]) topics(ctx context.Context, client *kgo.Client) error {
	request := kmsg.NewPtrMetadataRequest()
	for _, name := range c.Topics {
		topic := kmsg.NewMetadataRequestTopic()
		topic.Topic = kmsg.StringPtr(name)
		request.Topics = append(request.Topics, topic)
	}
	response, err := request.RequestWith(ctx, client)
	if err != nil {
		return fmt.Errorf("pbufkafka: brokers: %w", err)
	}
	for _, topic := range response.Topics {
		if err := kerr.ErrorForCode(topic.ErrorCode); err != nil {
			name := ""
			if topic.Topic != nil {
				name = *topic.Topic
			}
			return fmt.Errorf("pbufkafka: topic %q: %w", name, err)
		}
	}
	return nil
}
