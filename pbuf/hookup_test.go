package pbuf_test

import (
	"context"
	"runtime"
	"testing"

	"github.com/partitioned-buffer/go/pbuf"
)

var hookNames = []string{
	"PartitionStart", "PartitionStop", "FlushStart",
	"FlushStop", "BatchFailed", "BatchPanicked",
}

// hookUp has do in the hook of that name.
func hookUp(name string, do func()) (h pbuf.Hooks) {
	partition := func(pbuf.PartitionInfo) { do() }
	flush := func(pbuf.FlushInfo) { do() }
	batch := func(pbuf.BatchInfo) { do() }
	switch name {
	case "PartitionStart":
		h.PartitionStart = partition
	case "PartitionStop":
		h.PartitionStop = partition
	case "FlushStart":
		h.FlushStart = flush
	case "FlushStop":
		h.FlushStop = flush
	case "BatchFailed":
		h.BatchFailed = batch
	case "BatchPanicked":
		h.BatchPanicked = batch
	}
	return h
}

// goexit stands for what a test's FailNow does in the wrong goroutine.
func goexit() { runtime.Goexit() }

// failingOptions has a processor that does with "fail", "panic" and "goexit"
// what their names say.
func failingOptions() options {
	opts := options{
		Partitions: 1, FlushInterval: never, BatchSize: 1,
		Processor: func(_ context.Context, batch []entry) error {
			switch batch[0].Key {
			case "fail":
				return errSink
			case "panic":
				panic(errSink)
			case "goexit":
				goexit()
			}
			return nil
		},
	}
	dropFailures(&opts)
	return opts
}

// provoke makes every hook of failingOptions run.
func provoke(t *testing.T, m *pbuf.Map[string, int]) {
	t.Helper()
	_, err := m.PutAll(pairs("fine", "fail", "panic", "goexit", "fine too"))
	must(t, err)
	wantError(t, "Flush", m.Flush(t.Context()), pbuf.ErrGoexit, "3 entries")
	must(t, m.Close())
}
