package pbufotel

import (
	"errors"
	"fmt"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/buffers"
)

// ScopeName is the instrumentation scope of all that is recorded here.
const ScopeName = "github.com/partitioned-buffer/go/pbuf/plugin/pbufotel"

// ErrArgument is wrapped by the errors of Register and Trace about what they were
// given.
var ErrArgument = errors.New("pbufotel: invalid argument")

// Attributes.
const (
	BufferNameKey   = attribute.Key("pbuf.buffer.name")   // pbuf.Options.Name
	PartitionKey    = attribute.Key("pbuf.partition")     // its number
	EntryStateKey   = attribute.Key("pbuf.entry.state")   // buffered, in_flight, undelivered
	EntryOutcomeKey = attribute.Key("pbuf.entry.outcome") // delivered, overwritten, erased, dropped, dead_lettered
	DropReasonKey   = attribute.Key("pbuf.drop.reason")   // given_up, no_room
	GenerationKey   = attribute.Key("pbuf.generation")    // number within the partition
	EntriesKey      = attribute.Key("pbuf.entries")       // of a flush or batch
	BatchNumberKey  = attribute.Key("pbuf.batch.number")  // within the generation
	BatchAttemptKey = attribute.Key("pbuf.batch.attempt") // from 1; of the entry that failed most often; samplers do not see it
	BatchOutcomeKey = attribute.Key("pbuf.batch.outcome") // delivered, partial, failed, permanent, panicked
)

// Option configures Register and Trace.
type Option func(*config)

type config struct {
	meters      metric.MeterProvider
	tracers     trace.TracerProvider
	byPartition bool
	attributes  []attribute.KeyValue
	nilProvider bool
}

// WithMeterProvider sets where Register gets its meter. Default: the global provider.
func WithMeterProvider(p metric.MeterProvider) Option {
	return func(c *config) { c.meters, c.nilProvider = p, c.nilProvider || buffers.IsNil(p) }
}

// WithTracerProvider sets where Trace gets its tracer. Default: the global provider.
func WithTracerProvider(p trace.TracerProvider) Option {
	return func(c *config) { c.tracers, c.nilProvider = p, c.nilProvider || buffers.IsNil(p) }
}

// WithPartitions makes Register record each partition by itself, with PartitionKey.
// Default: the sum of all; of durations and ages the maximum.
func WithPartitions() Option { return func(c *config) { c.byPartition = true } }

// WithAttributes adds attributes to all metrics and spans. Default: none.
func WithAttributes(attributes ...attribute.KeyValue) Option {
	return func(c *config) { c.attributes = append(c.attributes, attributes...) }
}

func newConfig(opts []Option) (config, error) {
	c := config{meters: otel.GetMeterProvider(), tracers: otel.GetTracerProvider()}
	for i, o := range opts {
		if o == nil {
			return c, fmt.Errorf("%w: option %d is nil", ErrArgument, i)
		}
		o(&c)
	}
	if c.nilProvider {
		return c, fmt.Errorf("%w: a provider is nil", ErrArgument)
	}
	for _, a := range c.attributes {
		if a.Key == "" {
			return c, fmt.Errorf("%w: WithAttributes: %v has no key", ErrArgument, a.Value.AsInterface())
		}
	}
	return c, nil
}
