package pbufotel

import (
	"fmt"

	"go.opentelemetry.io/otel/attribute"

	"github.com/partitioned-buffer/go/pbuf"
)

// Trace changes the options of a buffer that is to be made, so that its flushes and
// batches are recorded as spans: it wraps Processor or TableProcessor, DeadLetter, and the
// hooks FlushStart, FlushStop and PartitionStop. Hooks that are set are called as before.
// The options serve for one buffer. The spans of a call that Stop gave up end when its
// processor returns, and stay open if it never does.
//
// The error wraps ErrArgument: options is nil, or one of opts is not valid.
func Trace[K comparable, V any](options *pbuf.Options[K, V], opts ...Option) error {
	if options == nil {
		return fmt.Errorf("%w: options are nil", ErrArgument)
	}
	c, err := newConfig(opts)
	if err != nil {
		return err
	}
	s := &spans{tracer: c.tracers.Tracer(ScopeName), attributes: c.attributes}
	hooks := &options.Hooks
	hooks.FlushStart = both(s.flushStart, hooks.FlushStart)
	hooks.FlushStop = both(s.flushStop, hooks.FlushStop)
	hooks.PartitionStop = both(s.partitionStop, hooks.PartitionStop)
	if options.Processor != nil {
		options.Processor = traceProcessor(s, options.Processor)
	}
	if options.TableProcessor != nil {
		options.TableProcessor = traceTable(s, options.TableProcessor)
	}
	if options.DeadLetter != nil {
		options.DeadLetter = traceLetters(s, options.DeadLetter)
	}
	return nil
}

// both calls the hooks in this order: ours first, since the other may panic.
func both[I any](ours, theirs func(I)) func(I) {
	if theirs == nil {
		return ours
	}
	return func(i I) {
		ours(i)
		theirs(i)
	}
}

func about(i pbuf.PartitionInfo, generation uint64, entries int) []attribute.KeyValue {
	return []attribute.KeyValue{
		BufferNameKey.String(i.Name),
		PartitionKey.Int(i.Partition),
		GenerationKey.Int64(int64(generation)),
		EntriesKey.Int(entries),
	}
}
