package pbufslog_test

import (
	"log/slog"
	"testing"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufslog"
)

// What the hooks of one flush of two batches cost, with a handler that keeps nothing.
func BenchmarkFlush(b *testing.B) {
	hooks, err := pbufslog.Hooks(slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	batch := pbuf.BatchInfo{Entries: 10, Err: errRefused}
	for name, info := range map[string]pbuf.FlushInfo{
		"delivered": {Entries: 1000, Delivered: 1000},
		"failed":    {Entries: 1000, Failed: 1000, Requeued: 1000, Err: errRefused},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				hooks.FlushStart(info)
				if info.Err != nil {
					hooks.BatchFailed(batch)
					hooks.BatchFailed(batch)
				}
				hooks.FlushStop(info)
			}
		})
	}
}
