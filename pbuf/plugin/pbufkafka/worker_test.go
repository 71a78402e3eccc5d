package pbufkafka_test

import (
	"context"
	"testing"
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
	newTable  = sourcetest.NewTable
	newBuffer = sourcetest.NewBuffer
)

// decode takes the key of the record; no value deletes it.
func decode(r *kgo.Record) (change, error) {
	return change{Key: string(r.Key), Value: string(r.Value), Deleted: r.Value == nil}, nil
}

// worker is a Consumer that runs.
type worker struct {
	*pbufkafka.Consumer[string, string]
	tb    testing.TB
	wire  *wire
	leave context.CancelFunc
	ended chan error
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
	ctx, leave := context.WithCancel(context.Background())
	w := &worker{Consumer: consumer, tb: b.tb, wire: wire, leave: leave, ended: make(chan error, 1)}
	go func() { w.ended <- consumer.Run(ctx); close(w.ended) }()
	b.tb.Cleanup(func() { leave(); <-w.ended })
	return w
}

// stop has it leave and returns what Run returned.
func (w *worker) stop() error {
	w.tb.Helper()
	w.leave()
	return w.wait()
}

func (w *worker) wait() error {
	w.tb.Helper()
	select {
	case err := <-w.ended:
		return err
	case <-time.After(patience):
		w.tb.Fatal("Run does not return")
		return nil
	}
}
