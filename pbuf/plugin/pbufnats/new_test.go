package pbufnats_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufnats"
)

func TestRefusedConfigs(t *testing.T) {
	js := newBroker(t).connect()
	stream(t, js)
	m := newBuffer(t, newTable(), func(o *options) { o.FlushInterval = 5 * time.Second })
	source := consumer(t, js, nil)
	with := func(name string, change func(*jetstream.ConsumerConfig)) jetstream.Consumer {
		return consumer(t, js, func(c *jetstream.ConsumerConfig) {
			c.Durable = name
			change(c)
		})
	}
	for _, x := range []struct {
		change func(*config)
		want   string
	}{
		{func(c *config) { c.Consumer = nil }, "Consumer is nil"},
		{func(c *config) { c.Buffer = nil }, "Buffer is nil"},
		{func(c *config) { c.Buffer = new(buffer) }, "Buffer was not made by pbuf.New"},
		{func(c *config) { c.Decode = nil }, "Decode is nil"},
		{func(c *config) { c.Version = 3 }, "Version is 3, must be"},
		{func(c *config) { c.Batch = -1 }, "Batch is -1, must be positive"},
		{func(c *config) { c.Rate = -1 }, "Rate is -1 messages per second"},
		{func(c *config) { c.Rate = math.NaN() }, "Rate is NaN messages per second"},
		{func(c *config) { c.MaxWait = 5 }, "MaxWait is 5ns, must be at least 1 ms"},
		{func(c *config) { c.NakDelay = -1 }, "NakDelay is -1ns, must be at least 1 ms"},
		{func(c *config) { c.DrainTimeout = -time.Second }, "DrainTimeout is -1s, must be at least 1 ms"},
		{func(c *config) { c.MaxWait = 16 * time.Second }, "AckWait of consumer fleet is 30s, must be at least 32s, twice MaxWait"},
		{func(c *config) { c.Batch = 10_001 }, "MaxAckPending of consumer fleet is 10000, must be at least 10001, the Batch"},
		{
			func(c *config) { c.Rate, c.MaxWait = 4000, time.Second },
			"MaxAckPending of consumer fleet is 10000, must be at least 36000: 4000 messages per second are pending for the flush interval of 5s and MaxWait, 1s,",
		},
		{func(c *config) { c.Rate = math.Inf(1) }, "must be at least 2147483647"},
		{func(c *config) {
			c.Consumer = with("all", func(c *jetstream.ConsumerConfig) { c.AckPolicy = jetstream.AckAllPolicy })
		}, "AckPolicy of consumer all is AckAll, must be explicit"},
		{func(c *config) {
			c.Consumer = with("five", func(c *jetstream.ConsumerConfig) { c.MaxDeliver = 5 })
		}, "MaxDeliver of consumer five is 5, must be -1"},
		{func(c *config) {
			c.Consumer = with("small", func(c *jetstream.ConsumerConfig) { c.MaxRequestBatch = 100 })
		}, "Batch is 512, but MaxRequestBatch of consumer small is 100"},
	} {
		c := config{Consumer: source, Buffer: m, Decode: decode}
		x.change(&c)
		_, err := pbufnats.New(t.Context(), c)
		if !errors.Is(err, pbufnats.ErrConfig) || !strings.HasPrefix(err.Error(), "pbufnats: ") || !strings.Contains(err.Error(), x.want) {
			t.Errorf("got the error %v, want %q", err, x.want)
		}
	}
	if _, err := pbufnats.New(t.Context(), config{Consumer: source, Buffer: m, Decode: decode, Rate: 1000}); err != nil {
		t.Errorf("1000 messages per second: %v", err)
	}
}

func TestConsumerThatIsGone(t *testing.T) {
	js := newBroker(t).connect()
	stream(t, js)
	source := consumer(t, js, nil)
	if err := js.DeleteConsumer(t.Context(), "LOG", "fleet"); err != nil {
		t.Fatal(err)
	}
	_, err := pbufnats.New(t.Context(), config{Consumer: source, Buffer: newBuffer(t, newTable(), nil), Decode: decode})
	if !errors.Is(err, jetstream.ErrConsumerNotFound) || !strings.HasPrefix(err.Error(), "pbufnats: consumer: ") {
		t.Errorf("New returned %v", err)
	}
}

// A change that the buffer's options do not allow would fail for ever.
func TestDeleteWithoutTombstonesEndsRun(t *testing.T) {
	js := newBroker(t).connect()
	stream(t, js)
	m := newBuffer(t, newTable(), func(o *options) { o.Tombstones = false })
	w := run(t, config{Consumer: consumer(t, js, nil), Buffer: m})
	if _, err := js.Publish(t.Context(), "log.k", nil); err != nil {
		t.Fatal(err)
	}
	if err := w.Wait(); !errors.Is(err, pbuf.ErrOptions) {
		t.Errorf("Run returned %v", err)
	}
}
