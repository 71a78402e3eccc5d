package pbufnats_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufnats"
)

// versioned decodes a number, whose negative is the version.
func versioned(m jetstream.Msg) (change, error) {
	n, err := strconv.ParseInt(string(m.Data()), 10, 64)
	return change{Key: strings.TrimPrefix(m.Subject(), "log."), Value: string(m.Data()), Version: -n}, err
}

func TestWhatCannotBeDecodedIsTerminated(t *testing.T) {
	js := newBroker(t).connect()
	stream(t, js)
	source, sink, want := consumer(t, js, nil), newTable(), map[string]string{}
	var told []string
	w := run(t, config{
		Consumer: source, Buffer: newBuffer(t, sink, nil), Version: pbufnats.VersionFromMessage,
		Decode: func(m jetstream.Msg) (change, error) {
			switch string(m.Data()) {
			case "panic":
				panic("of Decode")
			case "closed":
				return change{}, fmt.Errorf("decoder: %w", pbuf.ErrClosed)
			case "reserved":
				return change{Key: "k", Version: pbuf.MinVersion - 1}, nil
			}
			return versioned(m)
		},
		OnUndecodable: func(m jetstream.Msg, err error) {
			var d *pbufnats.DecodeError
			var p *pbufnats.PanicError
			told = append(told, fmt.Sprint(string(m.Data()), errors.As(err, &d), errors.As(err, &p), errors.Is(err, pbuf.ErrVersion)))
		},
	})
	for _, data := range []string{"what?", "panic", "closed", "reserved"} {
		if _, err := js.Publish(t.Context(), "log.bad", []byte(data)); err != nil {
			t.Fatal(err)
		}
	}
	publish(t, js, want, 5, 0, 5)
	eventually(t, "all is acknowledged or terminated", func() bool { return acknowledged(t, source) })
	sink.Compare(t, want)
	if err := w.Stop(); err != nil {
		t.Error(err)
	}
	if got, want := strings.Join(told, ", "), "what?true false false, panicfalse true false, closedtrue false false, reservedfalse false true"; got != want {
		t.Errorf("the hook was told %q, want %q", got, want)
	}
	if s := w.Stats(); s.Undecodable != 4 || s.Acked != 5 || s.Redelivered != 0 {
		t.Errorf("of 4 bad messages and 5 good ones: %+v", s)
	}
}

// A message that the buffer can never hold would come again for ever.
func TestWhatIsTooLargeIsTerminated(t *testing.T) {
	js := newBroker(t).connect()
	stream(t, js)
	source, sink, want := consumer(t, js, nil), newTable(), map[string]string{}
	var told []error
	w := run(t, config{
		Consumer: source,
		Buffer: newBuffer(t, sink, func(o *options) {
			o.MaxBytes, o.SizeOf, o.OnFull = 1000, func(_, value string) int { return len(value) }, pbuf.Block
		}),
		OnUndecodable: func(_ jetstream.Msg, err error) { told = append(told, err) },
	})
	if _, err := js.Publish(t.Context(), "log.bad", []byte(strings.Repeat("1", 1001))); err != nil {
		t.Fatal(err)
	}
	publish(t, js, want, 5, 0, 5)
	eventually(t, "all is acknowledged or terminated", func() bool { return acknowledged(t, source) })
	sink.Compare(t, want)
	if err := w.Stop(); err != nil {
		t.Error(err)
	}
	if len(told) != 1 || !errors.Is(told[0], pbuf.ErrTooLarge) {
		t.Errorf("the hook was told %v, want ErrTooLarge once", told)
	}
}
