package pbufkafka_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufkafka"
)

var errDecode = errors.New("what is that?")

// picky takes the offset for the version, and does not like some records.
func picky(r *kgo.Record) (change, error) {
	switch string(r.Value) {
	case "what?":
		return change{}, errDecode
	case "panic":
		panic("of Decode")
	case "closed":
		return change{}, fmt.Errorf("decoder: %w", pbuf.ErrClosed)
	case "reserved":
		return change{Key: "k", Version: pbuf.MinVersion - 1}, nil
	}
	return change{Key: string(r.Key), Value: string(r.Value), Version: r.Offset}, nil
}

func bad(values ...string) (records []*kgo.Record) {
	for _, v := range values {
		records = append(records, kgo.KeyStringRecord("k0", v))
	}
	return records
}

func TestWhatCannotBeDecodedIsHandedOver(t *testing.T) {
	b := newBroker(t)
	sink := b.sink
	var told []string
	b.produce(5, 0, 5)
	b.append(bad("what?", "panic", "closed", "reserved")...)
	w := b.run(config{
		Version: pbufkafka.VersionFromMessage, Decode: picky,
		OnUndecodable: func(_ context.Context, r *kgo.Record, err *pbufkafka.RecordError) error {
			var d *pbufkafka.DecodeError
			var p *pbufkafka.PanicError
			told = append(told, fmt.Sprint(string(r.Value), errors.As(err, &d), errors.As(err, &p), errors.Is(err, pbuf.ErrVersion)))
			return nil
		},
	})
	eventually(t, "all is committed", b.isCommitted)
	sink.Compare(t, map[string]string{"k0": "0", "k1": "1", "k2": "2", "k3": "3", "k4": "4"})
	if err := w.Stop(); err != nil {
		t.Error(err)
	}
	if got, want := strings.Join(told, ", "), "what?true false false, panicfalse true false, closedtrue false false, reservedfalse false true"; got != want {
		t.Errorf("the hook was told %q, want %q", got, want)
	}
	if s := w.Stats(); s.Undecodable != 4 || s.Stored != 5 || s.Marked != 9 {
		t.Errorf("of 4 bad records and 5 good ones: %+v", s)
	}
}

// A record that nobody takes ends Run, and is the first one that is not committed.
func TestRecordThatNobodyTakesEndsRun(t *testing.T) {
	type hook = func(context.Context, *kgo.Record, *pbufkafka.RecordError) error
	errFull := errors.New("the dead letters are full")
	for name, hook := range map[string]hook{
		"no hook": nil,
		"error":   func(context.Context, *kgo.Record, *pbufkafka.RecordError) error { return errFull },
		"panic":   func(context.Context, *kgo.Record, *pbufkafka.RecordError) error { panic("of the hook") },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBroker(t)
			b.produce(1, 0, 7)
			b.append(bad("what?")...)
			b.produce(1, 7, 20)
			err := b.run(config{Decode: picky, OnUndecodable: hook}).Wait()
			var refused *pbufkafka.RecordError
			var panicked *pbufkafka.PanicError
			switch {
			case err == nil || !strings.HasPrefix(err.Error(), "pbufkafka: "):
				t.Errorf("Run returned %v", err)
			case name == "panic" && !errors.As(err, &panicked), name == "error" && !errors.Is(err, errFull):
				t.Errorf("Run returned %v", err)
			case name != "panic" && (!errors.As(err, &refused) || refused.Topic != topic || refused.Offset != 7):
				t.Errorf("Run returned %v", err)
			}
			r := b.log[b.partitionOf("k0")][7]
			if at := b.offsets()[r.Partition]; at != 7 {
				t.Errorf("offset %d is committed, want 7, the bad record's", at)
			}
			skip := func(context.Context, *kgo.Record, *pbufkafka.RecordError) error { return nil }
			w := b.run(config{Decode: picky, OnUndecodable: skip})
			eventually(t, "all is committed", b.isCommitted)
			b.sink.Compare(t, map[string]string{"k0": "19"})
			if s := w.Stats(); s.Polled != 14 || s.Undecodable != 1 {
				t.Errorf("of the rest: %+v", s)
			}
			if err := w.Stop(); err != nil {
				t.Error(err)
			}
		})
	}
}

// partitionOf says where the records of a key are.
func (b *broker) partitionOf(key string) int32 {
	b.tb.Helper()
	for p, rows := range b.log {
		for _, r := range rows {
			if string(r.Key) == key {
				return int32(p)
			}
		}
	}
	b.tb.Fatalf("%s is nowhere", key)
	return 0
}

// A record that the buffer can never hold would be read again for ever.
func TestWhatIsTooLargeIsHandedOver(t *testing.T) {
	b := newBroker(t)
	var told []error
	b.produce(5, 0, 5)
	b.append(kgo.KeyStringRecord("large", strings.Repeat("1", 1001)))
	w := b.run(config{
		Buffer: newBuffer(t, b.sink, func(o *options) {
			o.MaxBytes, o.SizeOf = 1000, func(_, value string) int { return len(value) }
		}),
		OnUndecodable: func(_ context.Context, _ *kgo.Record, err *pbufkafka.RecordError) error {
			told = append(told, err)
			return nil
		},
	})
	eventually(t, "all is committed", b.isCommitted)
	b.sink.Compare(t, map[string]string{"k0": "0", "k1": "1", "k2": "2", "k3": "3", "k4": "4"})
	if err := w.Stop(); err != nil {
		t.Error(err)
	}
	if len(told) != 1 || !errors.Is(told[0], pbuf.ErrTooLarge) {
		t.Errorf("the hook was told %v, want ErrTooLarge once", told)
	}
}
