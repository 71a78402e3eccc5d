package pbuf_test

import (
	"bytes"
	"context"
	"fmt"
	"runtime/pprof"
	"runtime/trace"
	"strings"
	"testing"

	"github.com/partitioned-buffer/go/pbuf"
)

// Flusher goroutines carry the buffer's name and their partition, in goroutine
// profiles and in the processor's context, also after a Goexit.
func TestProfilerLabels(t *testing.T) {
	const partitions = 3
	gate := newTurnstile[uint64, int]()
	opts := pbuf.Options[uint64, int]{
		Name: "orders", Partitions: partitions, FlushInterval: never,
		PartitionBy: func(k uint64) uint64 { return k },
		Processor: func(ctx context.Context, batch []pbuf.Entry[uint64, int]) error {
			name, _ := pprof.Label(ctx, "pbuf")
			partition, _ := pprof.Label(ctx, "partition")
			if want := fmt.Sprint(batch[0].Key); name != "orders" || partition != want {
				t.Errorf("labels pbuf=%s partition=%s, want orders and %s", name, partition, want)
			}
			if batch[0].Value == 0 {
				goexit()
			}
			return gate.process(ctx, batch)
		},
	}
	dropFailures(&opts)
	m := start(t, opts)
	for value := range 2 { // the first time the goroutines end
		for k := range uint64(partitions) {
			must(t, m.Put(k, value))
		}
		if value == 0 {
			wantError(t, "Flush", m.Flush(t.Context()), pbuf.ErrGoexit)
		}
	}
	done := make(chan error, 1)
	go func() { done <- m.Close() }()
	for range partitions {
		<-gate.in
	}
	var profile bytes.Buffer
	must(t, pprof.Lookup("goroutine").WriteTo(&profile, 1))
	for p := range partitions {
		label := fmt.Sprintf("# labels: {\"partition\":\"%d\", \"pbuf\":\"orders\"}", p)
		if !strings.Contains(profile.String(), label) {
			t.Errorf("no goroutine with %s", label)
		}
	}
	for range partitions {
		gate.out <- nil
	}
	must(t, <-done)
}

// A delivery is a region in an execution trace.
func TestTraceRegion(t *testing.T) {
	var out bytes.Buffer
	if err := trace.Start(&out); err != nil {
		t.Skipf("tracing is on already: %v", err)
	}
	m := start(t, options{Partitions: 1, FlushInterval: never, Processor: discard[string, int]})
	must(t, m.Put("k", 1))
	flush(t, m)
	trace.Stop()
	if !bytes.Contains(out.Bytes(), []byte("pbuf.flush")) {
		t.Error("no region pbuf.flush in the trace")
	}
}
