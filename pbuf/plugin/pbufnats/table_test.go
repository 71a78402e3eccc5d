package pbufnats_test

import (
	"context"
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
	newTable  = sourcetest.NewTable
	newBuffer = sourcetest.NewBuffer
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
	tb    testing.TB
	leave context.CancelFunc
	ended chan error
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
	ctx, leave := context.WithCancel(context.Background())
	w := &worker{Consumer: consumer, tb: tb, leave: leave, ended: make(chan error, 1)}
	go func() { w.ended <- consumer.Run(ctx) }()
	tb.Cleanup(leave)
	return w
}

// stop has it leave and returns what Run returned.
func (w *worker) stop() error {
	w.tb.Helper()
	w.leave()
	return w.wait()
}

func (w *worker) wait() error {
	w.tb.Helper()
	select {
	case err := <-w.ended:
		return err
	case <-time.After(patience):
		w.tb.Fatal("Run does not return")
		return nil
	}
}
