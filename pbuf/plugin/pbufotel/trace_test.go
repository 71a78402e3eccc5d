package pbufotel_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufotel"
)

type (
	entry   = pbuf.Entry[string, int]
	options = pbuf.Options[string, int]
)

// tracer is the SDK with a recorder in memory.
type tracer struct {
	t *testing.T
	*tracetest.SpanRecorder
	*sdk.TracerProvider
}

func newTracer(t *testing.T) *tracer {
	r := tracetest.NewSpanRecorder()
	return &tracer{t, r, sdk.NewTracerProvider(sdk.WithSpanProcessor(r))}
}

// run makes a traced buffer, puts two keys, and stops it.
func (r *tracer) run(o options) {
	r.t.Helper()
	buf := r.open(o)
	_ = buf.Flush(r.t.Context())
	_ = buf.Close()
}

// open makes a traced buffer and puts two keys.
func (r *tracer) open(o options) *pbuf.Map[string, int] {
	r.t.Helper()
	o.Name, o.Partitions = "seen", 1
	if err := pbufotel.Trace(&o, pbufotel.WithTracerProvider(r), pbufotel.WithAttributes(attribute.String("zone", "a"))); err != nil {
		r.t.Fatal(err)
	}
	buf, err := pbuf.New(o)
	if err != nil {
		r.t.Fatal(err)
	}
	for i, key := range []string{"ann", "bob"} {
		if err := buf.Put(key, i); err != nil {
			r.t.Fatal(err)
		}
	}
	return buf
}

// named are the ended spans of this name, in the order of their ends.
func (r *tracer) named(name string) (found []sdk.ReadOnlySpan) {
	for _, s := range r.Ended() {
		if s.Name() == name {
			found = append(found, s)
		}
	}
	return found
}

func attributes(s sdk.ReadOnlySpan) map[attribute.Key]any {
	all := map[attribute.Key]any{}
	for _, a := range s.Attributes() {
		all[a.Key] = a.Value.AsInterface()
	}
	return all
}

// The sink's own span is below the batch's, and that is below the flush's.
func TestSpansAreNested(t *testing.T) {
	r := newTracer(t)
	r.run(options{Processor: func(ctx context.Context, _ []entry) error {
		_, span := r.Tracer("sink").Start(ctx, "INSERT")
		span.End()
		return nil
	}})
	flush, batch, insert := r.named("flush seen"), r.named("batch seen"), r.named("INSERT")
	if len(flush) != 1 || len(batch) != 1 || len(insert) != 1 {
		t.Fatalf("%d, %d and %d spans", len(flush), len(batch), len(insert))
	}
	if flush[0].Parent().IsValid() || batch[0].Parent().SpanID() != flush[0].SpanContext().SpanID() ||
		insert[0].Parent().SpanID() != batch[0].SpanContext().SpanID() {
		t.Error("the spans are not below each other")
	}
	want := map[attribute.Key]any{
		pbufotel.BufferNameKey: "seen", pbufotel.PartitionKey: int64(0), pbufotel.GenerationKey: int64(1),
		pbufotel.EntriesKey: int64(2), pbufotel.BatchNumberKey: int64(1), pbufotel.BatchAttemptKey: int64(1),
		pbufotel.BatchOutcomeKey: "delivered", "zone": "a",
	}
	for k, v := range want {
		if got := attributes(batch[0])[k]; got != v {
			t.Errorf("%s is %v, want %v", k, got, v)
		}
	}
	if got := attributes(flush[0]); got["pbuf.flush.delivered"] != int64(2) || got[pbufotel.EntriesKey] != int64(2) {
		t.Errorf("the flush has %v", got)
	}
}

// The attempt counts what failed before, in other flushes too.
func TestAttempts(t *testing.T) {
	for name, c := range map[string]struct {
		set  func(o *options, process func() error)
		want []any
	}{
		"batches": {func(o *options, process func() error) {
			o.BatchSize, o.Processor = 1, func(context.Context, []entry) error { return process() }
		}, []any{int64(1), int64(1), int64(2)}},
		"tables": {func(o *options, process func() error) {
			o.TableProcessor = func(context.Context, *pbuf.Table[string, int]) error { return process() }
		}, []any{int64(1), int64(2)}},
	} {
		t.Run(name, func(t *testing.T) {
			r, calls := newTracer(t), 0
			o := options{Retry: pbuf.Retry{MaxAttempts: 3}}
			c.set(&o, func() error {
				if calls++; calls == 1 {
					return errors.New("once")
				}
				return nil
			})
			r.run(o)
			var attempts []any
			for _, s := range r.named("batch seen") {
				attempts = append(attempts, attributes(s)[pbufotel.BatchAttemptKey])
			}
			if !slices.Equal(attempts, c.want) {
				t.Errorf("attempts are %v, want %v", attempts, c.want)
			}
		})
	}
}

func TestTable(t *testing.T) {
	r := newTracer(t)
	r.run(options{TableProcessor: func(ctx context.Context, table *pbuf.Table[string, int]) error {
		if !trace.SpanContextFromContext(ctx).IsValid() {
			t.Error("the context has no span")
		}
		return nil
	}})
	if got := attributes(r.named("batch seen")[0]); got[pbufotel.EntriesKey] != int64(2) {
		t.Errorf("the batch has %v", got)
	}
}

// Hooks that were set are called all the same.
func TestHooksAreKept(t *testing.T) {
	r := newTracer(t)
	var calls []string
	r.run(options{
		Processor: func(context.Context, []entry) error { return nil },
		Hooks: pbuf.Hooks{
			FlushStart: func(pbuf.FlushInfo) { calls = append(calls, "start") },
			FlushStop:  func(pbuf.FlushInfo) { calls = append(calls, "stop"); panic("in a hook") },
		},
	})
	if !slices.Equal(calls, []string{"start", "stop"}) || len(r.named("flush seen")) != 1 {
		t.Errorf("hooks were called: %v, with %d spans", calls, len(r.Ended()))
	}
}

func TestTraceErrors(t *testing.T) {
	if err := pbufotel.Trace[string, int](nil); !errors.Is(err, pbufotel.ErrArgument) {
		t.Errorf("error is %v", err)
	}
}
