package pbufnats_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufnats"
)

// The latest price of each share, from a stream of them.
func ExampleNew() {
	ctx := context.Background()
	js, stop := exampleServer()
	defer stop()
	if _, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: "PRICES", Subjects: []string{"prices.>"}}); err != nil {
		panic(err)
	}
	source, err := js.CreateConsumer(ctx, "PRICES", jetstream.ConsumerConfig{
		Durable:       "table",
		AckPolicy:     jetstream.AckExplicitPolicy,
		AckWait:       30 * time.Second,
		MaxAckPending: 20_000, // messages per second, times flush interval and more
	})
	if err != nil {
		panic(err)
	}
	for _, m := range []string{"ACME 99.5", "ACME 99.7", "oops", "INIT 12.0", "ACME 99.6"} {
		if _, err := js.Publish(ctx, "prices.all", []byte(m)); err != nil {
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
	consumer, err := pbufnats.New(ctx, pbufnats.Config[string, string]{
		Consumer: source,
		Buffer:   buf,
		Rate:     10_000,
		Decode: func(m jetstream.Msg) (pbufnats.Change[string, string], error) {
			key, price, ok := strings.Cut(string(m.Data()), " ")
			if !ok {
				return pbufnats.Change[string, string]{}, fmt.Errorf("no price: %q", m.Data())
			}
			return pbufnats.Change[string, string]{Key: key, Value: price}, nil
		},
		OnUndecodable: func(_ jetstream.Msg, err error) { fmt.Println(err) },
	})
	if err != nil {
		panic(err) // what would lose messages or stall
	}

	running, leave := context.WithCancel(ctx) // in a service: signal.NotifyContext
	ended := make(chan error)
	go func() { ended <- consumer.Run(running) }()
	for consumer.Stats().Acked < 4 { // in a service: until it is told to leave
		time.Sleep(time.Millisecond)
	}
	leave()
	fmt.Println("left:", <-ended)
	if err := buf.Close(); err != nil {
		panic(err)
	}
	// Unordered output:
	// pbufnats: Decode: no price: "oops"
	// upsert ACME 99.6 at version 5
	// upsert INIT 12.0 at version 4
	// left: <nil>
}

// Processes that share a consumer, each with a rank: the server prefers the first.
func ExampleConfig_fetchOptions() {
	rank := uint8(0) // 0 to 9: by a hash of this process and the partition
	config := pbufnats.Config[string, string]{
		FetchOptions: []jetstream.FetchOpt{
			jetstream.FetchPriorityGroup("fleet"), // as in the consumer's PriorityGroups
			jetstream.FetchPrioritized(rank),
		},
	}
	fmt.Println(len(config.FetchOptions))
	// Output: 2
}

// exampleServer is a NATS server in this process.
func exampleServer() (js jetstream.JetStream, stop func()) {
	folder, err := os.MkdirTemp("", "pbufnats-")
	if err != nil {
		panic(err)
	}
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: folder, NoSigs: true, NoLog: true})
	if err != nil {
		panic(err)
	}
	s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		panic("the server does not start")
	}
	nc, err := nats.Connect(s.ClientURL())
	if err != nil {
		panic(err)
	}
	js, err = jetstream.New(nc)
	if err != nil {
		panic(err)
	}
	return js, func() {
		nc.Close()
		s.Shutdown()
		s.WaitForShutdown()
		_ = os.RemoveAll(folder)
	}
}
