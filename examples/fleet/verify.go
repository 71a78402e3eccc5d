package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// readLog reads the whole stream: what the table must be, and how many messages there are.
func readLog(ctx context.Context, js jetstream.JetStream) (want map[string]row, messages int, err error) {
	stream, err := js.Stream(ctx, streamName)
	if err != nil {
		return nil, 0, err
	}
	info, err := stream.Info(ctx)
	if err != nil {
		return nil, 0, err
	}
	// By a consumer of its own, without acks: this is the log, not what workers made of it.
	reader, err := stream.CreateConsumer(ctx, jetstream.ConsumerConfig{AckPolicy: jetstream.AckNonePolicy, MemoryStorage: true})
	if err != nil {
		return nil, 0, err
	}
	want = map[string]row{}
	for last := uint64(0); last < info.State.LastSeq; {
		batch, err := reader.Fetch(10_000, jetstream.FetchMaxWait(5*time.Second))
		if err != nil {
			return nil, 0, err
		}
		n := 0
		for m := range batch.Messages() {
			meta, err := m.Metadata()
			if err != nil {
				return nil, 0, err
			}
			key, err := keyOf(m.Subject())
			if err != nil {
				return nil, 0, err
			}
			last = meta.Sequence.Stream
			want[key] = row{value: string(m.Data()), version: int64(last), deleted: len(m.Data()) == 0}
			messages++
			n++
		}
		if n == 0 {
			return nil, 0, fmt.Errorf("the log ends at %d, before its end at %d: %w", last, info.State.LastSeq, batch.Error())
		}
	}
	return want, messages, nil
}

// compare says what is wrong with the rows, key by key.
func compare(want, got map[string]row) (differences []string) {
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
