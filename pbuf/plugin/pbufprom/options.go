package pbufprom

import (
	"errors"
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/buffers"
)

// Buffer is what is collected: a *pbuf.Map of any types.
type Buffer interface {
	Stats() pbuf.Stats
}

// ErrOptions is wrapped by the errors of NewCollector.
var ErrOptions = errors.New("pbufprom: invalid option")

// Options configure a Collector. The zero value means the defaults.
type Options struct {
	// ByPartition gives every metric the label partition, and a series per partition.
	// Default: false, one series per buffer: sums, and maxima of durations and ages.
	ByPartition bool
	// ConstLabels are added to every metric. Default: none.
	ConstLabels prometheus.Labels
}

// NewCollector makes a collector of these buffers. It is an error, which wraps
// ErrOptions, if there is none, if one is nil or not made by pbuf.New, or if two have
// one name: that is what tells their series apart. A collector's buffers are fixed;
// others need another collector, and a registry takes both if their labels differ,
// otherwise one at a time. A buffer that is stopped is collected as it ended.
func (o Options) NewCollector(all ...Buffer) (*Collector, error) {
	if err := buffers.Check(ErrOptions, all); err != nil {
		return nil, err
	}
	c := &Collector{buffers: append([]Buffer(nil), all...), byPartition: o.ByPartition, metrics: metrics()}
	labels := []string{"buffer"}
	if o.ByPartition {
		labels = append(labels, "partition")
	}
	for _, m := range c.metrics {
		c.descs = append(c.descs, prometheus.NewDesc(m.name, m.help, append(labels[:len(labels):len(labels)], m.labelNames...), o.ConstLabels))
	}
	if err := o.check(c); err != nil {
		return nil, err
	}
	return c, nil
}

// check says what is wrong with ConstLabels, as a registry would.
func (o Options) check(c *Collector) error {
	if err := prometheus.NewPedanticRegistry().Register(c); err != nil {
		return fmt.Errorf("%w: ConstLabels are %v: %w", ErrOptions, o.ConstLabels, err)
	}
	return nil
}
