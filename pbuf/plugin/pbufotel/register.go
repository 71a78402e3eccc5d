package pbufotel

import (
	"context"
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/buffers"
)

// Buffer is what Register observes: a *pbuf.Map of any types.
type Buffer interface {
	Stats() pbuf.Stats
}

// Register observes the buffer's Stats whenever its meter is collected, until the
// registration's Unregister. Buffers in one process need different names
// (pbuf.Options.Name, by default "pbuf" for all), or attributes that tell them apart: the
// numbers of those that are alike are added up, and of gauges one is lost.
//
// The error wraps ErrArgument if the buffer is nil or was not made by pbuf.New, or an
// option, a provider or an attribute is not valid; otherwise it is the provider's.
func Register(buffer Buffer, opts ...Option) (metric.Registration, error) {
	if buffers.IsNil(buffer) {
		return nil, fmt.Errorf("%w: buffer is nil", ErrArgument)
	}
	stats := buffer.Stats()
	if stats.Name == "" {
		return nil, fmt.Errorf("%w: buffer has no name: it was not made by pbuf.New", ErrArgument)
	}
	c, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	o := observer{buffer: buffer, numbers: numbers(), byPartition: c.byPartition}
	instruments, err := o.create(c.meters.Meter(ScopeName))
	if err != nil {
		return nil, fmt.Errorf("pbufotel: %w", err)
	}
	base := append(append([]attribute.KeyValue(nil), c.attributes...), BufferNameKey.String(stats.Name))
	if !c.byPartition {
		o.sets = [][]metric.ObserveOption{o.attributes(base)}
	}
	for i := range stats.Partitions {
		if c.byPartition {
			o.sets = append(o.sets, o.attributes(append(base[:len(base):len(base)], PartitionKey.Int(i))))
		}
	}
	return c.meters.Meter(ScopeName).RegisterCallback(o.observe, instruments...)
}

// observer is a registration's callback.
type observer struct {
	buffer      Buffer
	byPartition bool
	numbers     []number
	sets        [][]metric.ObserveOption // by partition, or one: by number
}

// attributes are the sets of all numbers for one partition, made once.
func (o *observer) attributes(base []attribute.KeyValue) []metric.ObserveOption {
	options := make([]metric.ObserveOption, len(o.numbers))
	for i := range o.numbers {
		set := attribute.NewSet(append(base[:len(base):len(base)], o.numbers[i].attributes...)...)
		options[i] = metric.WithAttributeSet(set)
	}
	return options
}

func (o *observer) observe(_ context.Context, to metric.Observer) error {
	stats := o.buffer.Stats()
	if !o.byPartition {
		o.write(to, &stats.PartitionStats, o.sets[0])
		return nil
	}
	for i := range stats.Partitions {
		o.write(to, &stats.Partitions[i], o.sets[i])
	}
	return nil
}

func (o *observer) write(to metric.Observer, s *pbuf.PartitionStats, sets []metric.ObserveOption) {
	for i := range o.numbers {
		n := &o.numbers[i]
		if n.whole != nil {
			to.ObserveInt64(n.ints, n.whole(s), sets[i])
		} else {
			to.ObserveFloat64(n.floats, n.seconds(s), sets[i])
		}
	}
}
