package pbufkafka_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sourcetest"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufkafka"
)

func TestRefusedConfigs(t *testing.T) {
	b := newBroker(t)
	with := func(o ...kgo.Opt) func(*config) {
		return func(c *config) { c.Options = append(c.Options, o...) }
	}
	callback := func(context.Context, *kgo.Client, map[string][]int32) {}
	for _, x := range []struct {
		change func(*config)
		want   string
	}{
		{func(c *config) { c.Options = nil }, "Options are empty, must have kgo.SeedBrokers"},
		{func(c *config) { c.Group = "" }, "Group is empty"},
		{func(c *config) { c.Topics = nil }, "Topics are empty"},
		{func(c *config) { c.Topics = []string{topic, ""} }, `a topic is empty, of ["log" ""]`},
		{func(c *config) { c.Buffer = nil }, "Buffer is nil"},
		{func(c *config) { c.Buffer = new(sourcetest.Buffer) }, "Buffer was not made by pbuf.New"},
		{func(c *config) { c.Decode = nil }, "Decode is nil"},
		{func(c *config) { c.Version = 3 }, "Version is 3, must be"},
		{func(c *config) { c.OnLoss = 2 }, "OnLoss is 2, must be"},
		{func(c *config) { c.Batch = -1 }, "Batch is -1, must be positive"},
		{func(c *config) { c.MaxOpen = -1 }, "MaxOpen is -1, must be positive"},
		{func(c *config) { c.LossDelay = -1 }, "LossDelay is -1ns, must be at least 1 ms"},
		{func(c *config) { c.RevokeTimeout = 5 }, "RevokeTimeout is 5ns, must be at least 1 ms"},
		{func(c *config) { c.DrainTimeout = -time.Second }, "DrainTimeout is -1s, must be at least 1 ms"},
		{func(c *config) { c.RevokeTimeout = 31 * time.Second }, "RebalanceTimeout is 1m0s, must be at least 1m2s, twice RevokeTimeout"},
		{with(kgo.RebalanceTimeout(10 * time.Second)), "RebalanceTimeout is 10s, must be at least 30s, twice RevokeTimeout"},
		{with(kgo.SessionTimeout(-1)), "Options: session timeout"},
		{with(kgo.DisableAutoCommit()), "Options: invalid autocommit options"},
		{with(kgo.OnPartitionsRevoked(callback)), "Options: invalid group partition assigned/revoked/lost functions"},
		{with(kgo.ShareGroup("share")), `Options: ShareGroup is "share"`},
		{
			with(kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: {0: kgo.NewOffset()}})),
			"Options: ConsumePartitions is set",
		},
	} {
		c, _ := b.configure(config{})
		x.change(&c)
		_, err := pbufkafka.New(t.Context(), c)
		if !errors.Is(err, pbufkafka.ErrConfig) || !strings.HasPrefix(err.Error(), "pbufkafka: ") || !strings.Contains(err.Error(), x.want) {
			t.Errorf("got the error %v, want %q", err, x.want)
		}
	}
}

func TestTopicThatIsNotThere(t *testing.T) {
	b := newBroker(t)
	c, _ := b.configure(config{Topics: []string{topic, "other"}})
	_, err := pbufkafka.New(t.Context(), c)
	if !errors.Is(err, kerr.UnknownTopicOrPartition) || !strings.HasPrefix(err.Error(), `pbufkafka: topic "other": `) {
		t.Errorf("New returned %v", err)
	}
}

func TestBrokersThatAreAway(t *testing.T) {
	b := newBroker(t)
	for _, options := range [][]kgo.Opt{nil, {kgo.ConsumeRegex()}} {
		c, wire := b.configure(config{Options: options})
		wire.sever()
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		_, err := pbufkafka.New(ctx, c)
		cancel()
		if err == nil || !strings.HasPrefix(err.Error(), "pbufkafka: brokers: ") {
			t.Errorf("New returned %v", err)
		}
	}
}

func TestTopicsByRegex(t *testing.T) {
	b := newBroker(t)
	w := b.run(config{Topics: []string{"l.g"}, Options: []kgo.Opt{kgo.ConsumeRegex()}})
	b.produce(40, 0, 400)
	eventually(t, "all is committed", b.isCommitted)
	b.audit()
	if err := w.Stop(); err != nil {
		t.Error(err)
	}
	if err := w.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "Run was called before") {
		t.Errorf("Run ran twice: %v", err)
	}
}

// A change that the buffer's options do not allow would fail for ever.
func TestDeleteWithoutTombstonesEndsRun(t *testing.T) {
	b := newBroker(t)
	m := newBuffer(t, b.sink, func(o *options) { o.Tombstones = false })
	w := b.run(config{Buffer: m})
	b.append(&kgo.Record{Key: []byte("k")})
	if err := w.Wait(); !errors.Is(err, pbuf.ErrOptions) {
		t.Errorf("Run returned %v", err)
	}
}
