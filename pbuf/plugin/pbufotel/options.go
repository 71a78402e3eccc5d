package pbufotel

import (
	"errors"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
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
	BatchAttemptKey = attribute.Key("pbuf.batch.attempt") // from 1; of the entry that failed most often
	BatchOutcomeKey = attribute.Key("pbuf.batch.outcome") // delivered, partial, failed, permanent, panicked
)

// Option configures Register and Trace.
type Option func(*config)

type config struct {
	meters      metric.MeterProvider
	tracers     trace.TracerProvider
	byPartition bool
	attributes  []attribute.KeyValue
}

// WithMeterProvider sets where Register gets its meter. Default: the global provider.
func WithMeterProvider(p metric.MeterProvider) Option { return func(c *config) { c.meters = p } }

// WithTracerProvider sets where Trace gets its tracer. Default: the global provider.
func WithTracerProvider(p trace.TracerProvider) Option { return func(c *config) { c.tracers = p } }

// WithPartitions makes Register record each partition by itself, with PartitionKey.
// Default: the sum of all; of durations and ages the maximum.
func WithPartitions() Option { return func(c *config) { c.byPartition = true } }

// WithAttributes adds attributes to all metrics and spans. Default: none.
func WithAttributes(attributes ...attribute.KeyValue) Option {
	return func(c *config) { c.attributes = append(c.attributes, attributes...) }
}

func newConfig(opts []Option) config {
	c := config{}
	for _, o := range opts {
		if o != nil {
			o(&c)
		}
	}
	if c.meters == nil {
		c.meters = otel.GetMeterProvider()
	}
	if c.tracers == nil {
		c.tracers = otel.GetTracerProvider()
	}
	return c
}
