package pbufkafka_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufkafka"
)

// The latest price of each share, from a topic that is partitioned by share.
func ExampleNew() {
	ctx := context.Background()
	brokers := kfake.MustCluster(kfake.NumBrokers(1), kfake.SeedTopics(3, "prices")) // in place of yours
	defer brokers.Close()
	seeds := kgo.SeedBrokers(brokers.ListenAddrs()...)
	producer, err := kgo.NewClient(seeds, kgo.DefaultProduceTopic("prices"))
	if err != nil {
		panic(err)
	}
	defer producer.Close()
	for _, m := range []string{"ACME 99.5", "ACME 99.7", "ACME oops", "INIT 12.0", "ACME 99.6"} {
		key, price, _ := strings.Cut(m, " ")
		if err := producer.ProduceSync(ctx, kgo.KeyStringRecord(key, price)).FirstErr(); err != nil {
			panic(err)
		}
	}

	buf, err := pbuf.New(pbuf.Options[string, string]{
		Partitions:    1,
		FlushInterval: 500 * time.Millisecond,
		Capacity:      100_000,
		Processor: func(_ context.Context, batch []pbuf.Entry[string, string]) error {
			for _, e := range batch {
				fmt.Println("upsert", e.Key, e.Value, "at version", e.Version) // where it is newer: see pbufpgx
			}
			return nil
		},
	})
	if err != nil {
		panic(err)
	}
	consumer, err := pbufkafka.New(ctx, pbufkafka.Config[string, string]{
		Options: []kgo.Opt{seeds},
		Group:   "table",
		Topics:  []string{"prices"},
		Buffer:  buf,
		Decode: func(r *kgo.Record) (pbufkafka.Change[string, string], error) {
			var price float64
			_, err := fmt.Sscan(string(r.Value), &price)
			return pbufkafka.Change[string, string]{Key: string(r.Key), Value: string(r.Value)}, err
		},
		OnUndecodable: func(_ context.Context, r *kgo.Record, _ *pbufkafka.RecordError) error {
			fmt.Printf("dead letter: %s %s\n", r.Key, r.Value)
			return nil // nothing more to be done: its offset is committed with the others
		},
	})
	if err != nil {
		panic(err) // what would lose records or stall the group
	}

	running, leave := context.WithCancel(ctx) // in a service: signal.NotifyContext
	ended := make(chan error)
	go func() { ended <- consumer.Run(running) }()
	for consumer.Stats().Marked < 5 { // in a service: until it is told to leave
		time.Sleep(time.Millisecond)
	}
	leave()
	fmt.Println("left:", <-ended)
	if err := buf.Close(); err != nil {
		panic(err)
	}
	// Unordered output:
	// dead letter: ACME oops
	// upsert ACME 99.6 at version 3
	// upsert INIT 12.0 at version 0
	// left: <nil>
}
