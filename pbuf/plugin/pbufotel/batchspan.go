package pbufotel

import (
	"context"
	"iter"
	"slices"

	"go.opentelemetry.io/otel/trace"

	"github.com/partitioned-buffer/go/pbuf"
)

func traceProcessor[K comparable, V any](s *spans, process pbuf.Processor[K, V]) pbuf.Processor[K, V] {
	return func(ctx context.Context, batch []pbuf.Entry[K, V]) error {
		return record(ctx, s, len(batch), slices.Values(batch), func(ctx context.Context) error { return process(ctx, batch) })
	}
}

func traceTable[K comparable, V any](s *spans, process pbuf.TableProcessor[K, V]) pbuf.TableProcessor[K, V] {
	return func(ctx context.Context, table *pbuf.Table[K, V]) error {
		return record(ctx, s, table.Len(), table.All(), func(ctx context.Context) error { return process(ctx, table) })
	}
}

// traceLetters has what DeadLetter records come below the flush, as its batch has ended.
func traceLetters[K comparable, V any](s *spans, take letters[K, V]) letters[K, V] {
	return func(ctx context.Context, entries []pbuf.Entry[K, V], err error) error {
		batch, _ := pbuf.BatchFrom(ctx)
		return take(trace.ContextWithSpan(ctx, s.flush(batch.Partition)), entries, err)
	}
}

// letters is the type of pbuf.Options.DeadLetter.
type letters[K comparable, V any] = func(context.Context, []pbuf.Entry[K, V], error) error

// record puts a span around a call of the processor with so many entries. What the
// call returns, panics with or ends with passes through.
func record[K comparable, V any](
	ctx context.Context, s *spans, n int, entries iter.Seq[pbuf.Entry[K, V]], call func(context.Context) error,
) error {
	batch, _ := pbuf.BatchFrom(ctx)
	ctx = trace.ContextWithSpan(ctx, s.flush(batch.Partition))
	ctx, span := s.tracer.Start(ctx, "batch "+batch.Name, trace.WithAttributes(s.attributes...),
		trace.WithAttributes(about(pbuf.PartitionInfo{Name: batch.Name, Partition: batch.Partition}, batch.Generation, n)...),
		trace.WithAttributes(BatchNumberKey.Int(batch.Number)))
	if span.IsRecording() {
		span.SetAttributes(BatchAttemptKey.Int(attempt(batch, entries)))
	}
	returned := false
	defer func() { // also after a panic or Goexit
		if !returned {
			panicked(span)
		}
		span.End()
	}()
	err := call(ctx)
	returned = true
	conclude(span, err, n, entries)
	return err
}

// attempt counts what failed in other flushes too: those make new batches.
func attempt[K comparable, V any](batch pbuf.Batch, entries iter.Seq[pbuf.Entry[K, V]]) int {
	most := batch.Attempt
	for e := range entries {
		most = max(most, int(e.Attempts)+1)
	}
	return most
}
