package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// record is a message of the log.
type record struct {
	key, data string
	seq       uint64
}

// readLog reads the whole stream.
func readLog(ctx context.Context, js jetstream.JetStream) (log []record, err error) {
	stream, err := js.Stream(ctx, streamName)
	if err != nil {
		return nil, err
	}
	info, err := stream.Info(ctx)
	if err != nil {
		return nil, err
	}
	// By a consumer of its own, without acks: this is the log, not what workers made of it.
	reader, err := stream.CreateConsumer(ctx, jetstream.ConsumerConfig{AckPolicy: jetstream.AckNonePolicy, MemoryStorage: true})
	if err != nil {
		return nil, err
	}
	for last := uint64(0); last < info.State.LastSeq; {
		batch, err := reader.Fetch(10_000, jetstream.FetchMaxWait(5*time.Second))
		if err != nil {
			return nil, err
		}
		before := len(log)
		for m := range batch.Messages() {
			meta, err := m.Metadata()
			if err != nil {
				return nil, err
			}
			key, err := keyOf(m.Subject())
			if err != nil {
				return nil, err
			}
			last = meta.Sequence.Stream
			log = append(log, record{key, string(m.Data()), last})
		}
		if len(log) == before {
			return nil, fmt.Errorf("the log ends at %d, before its end at %d: %w", last, info.State.LastSeq, batch.Error())
		}
	}
	return log, nil
}

// compare says what is wrong with the rows, key by key.
func compare[R comparable](want, got map[string]R) (differences []string) {
	for key, w := range want {
		if g, ok := got[key]; !ok {
			differences = append(differences, fmt.Sprintf("%s: there is no row, the log says %+v", key, w))
		} else if g != w {
			differences = append(differences, fmt.Sprintf("%s: the row is %+v, the log says %+v", key, g, w))
		}
	}
	for key, g := range got {
		if _, ok := want[key]; !ok {
			differences = append(differences, fmt.Sprintf("%s: the row is %+v, the log does not know it", key, g))
		}
	}
	slices.Sort(differences)
	return differences
}
