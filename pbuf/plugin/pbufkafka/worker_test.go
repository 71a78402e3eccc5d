package pbufkafka_test

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sourcetest"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufkafka"
)

type (
	table   = sourcetest.Table
	entry   = sourcetest.Entry
	options = sourcetest.Options
	config  = pbufkafka.Config[string, string]
	change  = pbufkafka.Change[string, string]
)

var (
	newTable   = sourcetest.NewTable
	newBuffer  = sourcetest.NewBuffer
	eventually = sourcetest.Eventually
)

// decode takes the key of the record; no value deletes it.
func decode(r *kgo.Record) (change, error) {
	return change{Key: string(r.Key), Value: string(r.Value), Deleted: r.Value == nil}, nil
}

// worker is a Consumer that runs.
type worker struct {
	*pbufkafka.Consumer[string, string]
	*sourcetest.Running
	wire *wire
}

// configure fills in what most tests do not care for.
func (b *broker) configure(c config) (config, *wire) {
	b.tb.Helper()
	w := &wire{network: &b.network}
	c.Options = append([]kgo.Opt{
		kgo.SeedBrokers(seed), kgo.Dialer(w.dial),
		kgo.SessionTimeout(500 * time.Millisecond), kgo.HeartbeatInterval(50 * time.Millisecond),
		kgo.AutoCommitInterval(100 * time.Millisecond), kgo.FetchMaxWait(50 * time.Millisecond),
		kgo.MetadataMinAge(20 * time.Millisecond),
		kgo.RetryBackoffFn(func(int) time.Duration { return 20 * time.Millisecond }),
	}, c.Options...)
	if c.Group == "" {
		c.Group = groupName
	}
	if c.Topics == nil {
		c.Topics = []string{topic}
	}
	if c.Buffer == nil {
		c.Buffer = newBuffer(b.tb, b.sink, nil)
	}
	if c.Decode == nil {
		c.Decode = decode
	}
	return c, w
}

func (b *broker) run(c config) *worker {
	b.tb.Helper()
	c, wire := b.configure(c)
	consumer, err := pbufkafka.New(context.Background(), c)
	if err != nil {
		b.tb.Fatal(err)
	}
	return &worker{consumer, sourcetest.Start(b.tb, consumer.Run), wire}
}
