package pbufslog_test

import (
	"context"
	"errors"
	"log/slog"
	"os"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufslog"
)

func Example() {
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey || a.Key == "duration" {
				return slog.Attr{} // they differ from run to run
			}
			return a
		},
	}))
	hooks, err := pbufslog.Hooks(logger.With("service", "api"))
	if err != nil {
		panic(err)
	}
	refused := errors.New("connection refused")
	buf, err := pbuf.New(pbuf.Options[string, int]{
		Name:       "last-seen",
		Partitions: 1,
		Processor: func(context.Context, []pbuf.Entry[string, int]) (err error) {
			err, refused = refused, nil // the first call fails
			return err
		},
		Hooks: hooks,
	})
	if err != nil {
		panic(err)
	}
	_ = buf.Put("ann", 1)
	_ = buf.Flush(context.Background()) // fails
	_ = buf.Close()                     // delivers
	// Output:
	// level=ERROR msg="pbuf: sink is down" service=api buffer=last-seen partition=0 entries=1 delivered=0 error="connection refused"
	// level=INFO msg="pbuf: deliveries recovered" service=api buffer=last-seen failed_batches=1 failed_entries=1 error="connection refused"
}
