package pbufprom_test

import (
	"context"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufprom"
)

// What one scrape costs: a buffer of 16 partitions, as on a machine of 16 cores.
func BenchmarkCollect(b *testing.B) {
	buf, err := pbuf.New(pbuf.Options[string, int]{
		Partitions: 16,
		Processor:  func(context.Context, []pbuf.Entry[string, int]) error { return nil },
	})
	if err != nil {
		b.Fatal(err)
	}
	defer buf.Close()
	for name, options := range map[string]pbufprom.Options{"buffer": {}, "partitions": {ByPartition: true}} {
		b.Run(name, func(b *testing.B) {
			c, err := options.NewCollector(buf)
			if err != nil {
				b.Fatal(err)
			}
			metrics := make(chan prometheus.Metric, 1000)
			b.ReportAllocs()
			for b.Loop() {
				c.Collect(metrics)
				for len(metrics) > 0 {
					<-metrics
				}
			}
		})
	}
	b.Run("Stats alone", func(b *testing.B) {
		for b.Loop() {
			buf.Stats()
		}
	})
}
