package pbufprom

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/partitioned-buffer/go/pbuf"
)

// Collector is a prometheus.Collector. NewCollector makes one; it is safe for
// concurrent use.
type Collector struct {
	buffers     []Buffer
	byPartition bool
	metrics     []metric
	descs       []*prometheus.Desc // of the metrics, in their order
}

// NewCollector is Options.NewCollector with the default options.
func NewCollector(buffers ...Buffer) (*Collector, error) { return Options{}.NewCollector(buffers...) }

// Describe sends the descriptions, which never change.
func (c *Collector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range c.descs {
		to <- d
	}
}

// Collect asks each buffer for its Stats once.
func (c *Collector) Collect(to chan<- prometheus.Metric) {
	for _, b := range c.buffers {
		stats := b.Stats()
		if !c.byPartition {
			c.send(to, &stats.PartitionStats, stats.Name)
			continue
		}
		for i := range stats.Partitions {
			c.send(to, &stats.Partitions[i], stats.Name, strconv.Itoa(i))
		}
	}
}

func (c *Collector) send(to chan<- prometheus.Metric, s *pbuf.PartitionStats, labels ...string) {
	for i := range c.metrics {
		m := &c.metrics[i]
		to <- prometheus.MustNewConstMetric(c.descs[i], m.kind, m.value(s), append(labels, m.labels...)...)
	}
}
