package main

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/partitioned-buffer/go/pbuf/plugin/pbufnats"
)

const (
	streamName = "LOG"
	partitions = 8 // of the subjects log.PARTITION.KEY, each with a consumer that all workers share
	group      = "fleet"

	flushInterval = 300 * time.Millisecond
	ackWait       = 3 * time.Second // more than three of them
	maxWait       = 100 * time.Millisecond
)

func connect(s settings) (jetstream.JetStream, error) {
	nc, err := nats.Connect(fmt.Sprintf("nats://127.0.0.1:%d", s.port),
		nats.MaxReconnects(-1), nats.ReconnectWait(50*time.Millisecond), nats.RetryOnFailedConnect(true))
	if err != nil {
		return nil, err
	}
	// A publication whose confirmation is lost with the broker would wait for ever.
	return jetstream.New(nc, jetstream.WithPublishAsyncTimeout(2*time.Second))
}

// createSource makes the stream and the consumers.
func createSource(ctx context.Context, js jetstream.JetStream, s settings) error {
	if _, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: streamName, Subjects: []string{"log.>"}}); err != nil {
		return err
	}
	for p := range partitions {
		_, err := js.CreateConsumer(ctx, streamName, jetstream.ConsumerConfig{
			Durable:       consumerName(p),
			FilterSubject: partitionSubject(p),
			AckPolicy:     jetstream.AckExplicitPolicy,
			AckWait:       ackWait,
			MaxAckPending: max(1000, 10*s.rate), // what is in doubt while a worker is stopped counts too
			// A preference, not an owner: whoever has the best rank and fetches gets it.
			PriorityPolicy: jetstream.PriorityPolicyPrioritized,
			PriorityGroups: []string{group},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func consumerName(partition int) string { return fmt.Sprint("p", partition) }

// rank is the priority of a worker at a partition, 0 the first: it spreads the
// partitions over the workers, and needs no list of them.
func rank(worker, partition int) uint8 { return uint8(mixed(worker, partition) % 10) }

func mixed(worker, partition int) uint64 {
	x := uint64(worker)<<32 | uint64(partition) // mixed as SplitMix64 does
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func partitionSubject(partition int) string { return fmt.Sprintf("log.%d.>", partition) }

// subject is where the changes of a key go.
func subject(key string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(key))
	return fmt.Sprintf("log.%d.%s", h.Sum32()%partitions, key)
}

// decode makes a change of a message: its key is in the subject, no data deletes it.
func decode(m jetstream.Msg) (pbufnats.Change[string, string], error) {
	key, err := keyOf(m.Subject())
	return pbufnats.Change[string, string]{Key: key, Value: string(m.Data()), Deleted: len(m.Data()) == 0}, err
}

func keyOf(subject string) (string, error) {
	parts := strings.SplitN(subject, ".", 3)
	if len(parts) != 3 {
		return "", errors.New("no key in the subject " + subject)
	}
	return parts[2], nil
}
