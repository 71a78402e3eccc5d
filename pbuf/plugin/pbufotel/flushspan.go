package pbufotel

import (
	"context"
	"sync"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/partitioned-buffer/go/pbuf"
)

// spans are those of one buffer.
type spans struct {
	tracer     trace.Tracer
	attributes []attribute.KeyValue // on all of them
	flushes    sync.Map             // partition -> trace.Span of the flush under way
}

func (s *spans) flushStart(i pbuf.FlushInfo) {
	_, span := s.tracer.Start(context.Background(), "flush "+i.Name, trace.WithNewRoot(),
		trace.WithAttributes(s.attributes...), trace.WithAttributes(about(i.PartitionInfo, i.Generation, i.Entries)...))
	s.flushes.Store(i.Partition, span)
}

// flush returns the span of the flush that the partition is in.
func (s *spans) flush(partition int) trace.Span {
	if span, ok := s.flushes.Load(partition); ok {
		return span.(trace.Span)
	}
	return trace.SpanFromContext(context.Background()) // one that records nothing
}

func (s *spans) flushStop(i pbuf.FlushInfo) {
	span := s.flush(i.Partition)
	s.flushes.Delete(i.Partition)
	defer span.End()
	if !span.IsRecording() {
		return
	}
	span.SetAttributes(
		attribute.Int("pbuf.flush.delivered", i.Delivered),
		attribute.Int("pbuf.flush.failed", i.Failed),
		attribute.Int("pbuf.flush.requeued", i.Requeued),
		attribute.Int("pbuf.flush.overwritten", i.Overwritten),
		attribute.Int("pbuf.flush.dropped", i.Dropped),
		attribute.Int("pbuf.flush.dead_lettered", i.DeadLettered),
	)
	if i.Err != nil && i.Delivered < i.Entries {
		apart(func() { fail(span, i.Err) })
	}
}

// partitionStop ends the span of a flush that Stop did not wait for: its processor has
// returned only now.
func (s *spans) partitionStop(i pbuf.PartitionInfo) {
	if span, ok := s.flushes.LoadAndDelete(i.Partition); ok {
		span.(trace.Span).SetStatus(codes.Error, "Stop gave it up")
		span.(trace.Span).End()
	}
}
