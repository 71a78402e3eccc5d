package pbufnats_test

import (
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sourcetest"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufnats"
)

type (
	buffer  = sourcetest.Buffer
	entry   = sourcetest.Entry
	options = sourcetest.Options
	config  = pbufnats.Config[string, string]
	change  = pbufnats.Change[string, string]
)

var (
	newTable   = sourcetest.NewTable
	newBuffer  = sourcetest.NewBuffer
	eventually = sourcetest.Eventually
)

// decode takes the key from the subject; no value deletes it.
func decode(m jetstream.Msg) (change, error) {
	return change{
		Key: strings.TrimPrefix(m.Subject(), "log."), Value: string(m.Data()), Deleted: len(m.Data()) == 0,
	}, nil
}

// worker is a Consumer that runs.
type worker struct {
	*pbufnats.Consumer[string, string]
	*sourcetest.Running
}

func run(tb testing.TB, c config) *worker {
	tb.Helper()
	if c.Decode == nil {
		c.Decode = decode
	}
	if c.MaxWait == 0 {
		c.MaxWait = 20 * time.Millisecond
	}
	if c.NakDelay == 0 {
		c.NakDelay = 10 * time.Millisecond
	}
	consumer, err := pbufnats.New(tb.Context(), c)
	if err != nil {
		tb.Fatal(err)
	}
	return &worker{consumer, sourcetest.Start(tb, consumer.Run)}
}
