package pbufnats_test

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sourcetest"
)

const patience = sourcetest.Patience

// broker is a real server with JetStream on files, in this process.
type broker struct {
	tb      testing.TB
	options server.Options
	server  *server.Server
}

func newBroker(tb testing.TB) *broker {
	tb.Helper()
	b := &broker{tb: tb, options: server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: tb.TempDir(), NoSigs: true, NoLog: true,
	}}
	b.start()
	tb.Cleanup(b.stop)
	return b
}

func (b *broker) start() {
	b.tb.Helper()
	options := b.options
	s, err := server.NewServer(&options)
	if err != nil {
		b.tb.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(patience) {
		b.tb.Fatal("the server does not start")
	}
	b.server = s
	b.options.Port = options.Port // the same after a restart
}

func (b *broker) stop() {
	b.server.Shutdown()
	b.server.WaitForShutdown()
}

// connect opens a connection that ends with the test.
func (b *broker) connect() jetstream.JetStream {
	b.tb.Helper()
	// Without a buffer for what is sent while the server is away, a fetch then fails at
	// once; with one it may end empty, as if there were no messages.
	nc, err := nats.Connect(b.server.ClientURL(),
		nats.MaxReconnects(-1), nats.ReconnectWait(20*time.Millisecond), nats.ReconnectBufSize(-1))
	if err != nil {
		b.tb.Fatal(err)
	}
	b.tb.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		b.tb.Fatal(err)
	}
	return js
}

// stream makes the stream LOG with the subjects log.KEY.
func stream(tb testing.TB, js jetstream.JetStream) {
	tb.Helper()
	_, err := js.CreateStream(tb.Context(), jetstream.StreamConfig{Name: "LOG", Subjects: []string{"log.>"}})
	if err != nil {
		tb.Fatal(err)
	}
}

// consumer makes or finds the durable consumer "fleet"; change changes its settings.
func consumer(tb testing.TB, js jetstream.JetStream, change func(*jetstream.ConsumerConfig)) jetstream.Consumer {
	tb.Helper()
	config := jetstream.ConsumerConfig{
		Durable: "fleet", AckPolicy: jetstream.AckExplicitPolicy, MaxAckPending: 10_000, AckWait: 30 * time.Second,
	}
	if change != nil {
		change(&config)
	}
	c, err := js.CreateOrUpdateConsumer(tb.Context(), "LOG", config)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// publish appends from to below to, each to key modulo keys, and returns what a table
// of the newest must hold.
func publish(tb testing.TB, js jetstream.JetStream, want map[string]string, keys, from, to int) {
	tb.Helper()
	var taken []jetstream.PubAckFuture
	for i := from; i < to; i++ {
		key, value := fmt.Sprint("k", i%keys), strconv.Itoa(i)
		f, err := js.PublishAsync("log."+key, []byte(value))
		if err != nil {
			tb.Fatal(err)
		}
		taken = append(taken, f)
		want[key] = value
	}
	late := time.After(patience)
	for _, f := range taken {
		select {
		case <-f.Ok():
		case err := <-f.Err():
			tb.Fatal(err)
		case <-late:
			tb.Fatal("the server does not take the log")
		}
	}
}

func info(tb testing.TB, c jetstream.Consumer) *jetstream.ConsumerInfo {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	i, err := c.Info(ctx)
	if err != nil {
		tb.Fatal(err)
	}
	return i
}

// acknowledged reports whether the server has nothing left to deliver, or in doubt.
func acknowledged(tb testing.TB, c jetstream.Consumer) bool {
	i := info(tb, c)
	return i.NumPending == 0 && i.NumAckPending == 0
}
