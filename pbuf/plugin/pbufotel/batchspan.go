package pbufotel

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/partitioned-buffer/go/pbuf"
)

func traceProcessor[K comparable, V any](s *spans, process pbuf.Processor[K, V]) pbuf.Processor[K, V] {
	return func(ctx context.Context, batch []pbuf.Entry[K, V]) error {
		failures := 0
		for i := range batch {
			failures = max(failures, int(batch[i].Attempts))
		}
		return record[K, V](ctx, s, len(batch), failures, func(ctx context.Context) error { return process(ctx, batch) })
	}
}

func traceTable[K comparable, V any](s *spans, process pbuf.TableProcessor[K, V]) pbuf.TableProcessor[K, V] {
	return func(ctx context.Context, table *pbuf.Table[K, V]) error {
		return record[K, V](ctx, s, table.Len(), 0, func(ctx context.Context) error { return process(ctx, table) })
	}
}

// record puts a span around a call of the processor. A panic passes through.
func record[K comparable, V any](ctx context.Context, s *spans, entries, failures int, call func(context.Context) error) error {
	batch, _ := pbuf.BatchFrom(ctx)
	ctx = trace.ContextWithSpan(ctx, s.flush(batch.Partition))
	ctx, span := s.tracer.Start(ctx, "batch "+batch.Name, trace.WithAttributes(s.attributes...),
		trace.WithAttributes(about(pbuf.PartitionInfo{Name: batch.Name, Partition: batch.Partition}, batch.Generation, entries)...),
		trace.WithAttributes(BatchNumberKey.Int(batch.Number), BatchAttemptKey.Int(max(batch.Attempt, failures+1))))
	returned := false
	defer func() { // also after a panic or Goexit
		if !returned {
			span.SetAttributes(BatchOutcomeKey.String("panicked"))
			span.SetStatus(codes.Error, "the processor did not return")
		}
		span.End()
	}()
	err := call(ctx)
	if span.IsRecording() {
		span.SetAttributes(BatchOutcomeKey.String(outcomeOf[K, V](err)))
		if err != nil {
			fail(span, err)
		}
	}
	returned = true
	return err
}

// outcomeOf says in a word what the error means to the buffer.
func outcomeOf[K comparable, V any](err error) string {
	var part *pbuf.FailedError[K, V]
	var permanent *pbuf.PermanentError
	switch {
	case err == nil:
		return "delivered"
	case errors.As(err, &part):
		return "partial"
	case errors.As(err, &permanent):
		return "permanent"
	}
	return "failed"
}
