package pbufprom_test

import (
	"context"
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufprom"
)

func Example() {
	save := func(context.Context, []pbuf.Entry[string, int]) error { return nil }
	buf, err := pbuf.New(pbuf.Options[string, int]{Name: "last-seen", Processor: save})
	if err != nil {
		panic(err)
	}
	collector, err := pbufprom.NewCollector(buf)
	if err != nil {
		panic(err)
	}
	registry := prometheus.NewRegistry() // served by promhttp.HandlerFor
	registry.MustRegister(collector)

	_ = buf.Put("ann", 1)
	_ = buf.Put("ann", 2)
	_ = buf.Put("bob", 1)
	_ = buf.Close()

	families, err := registry.Gather()
	if err != nil {
		panic(err)
	}
	for _, f := range families {
		switch f.GetName() {
		case "pbuf_accepted_writes_total", "pbuf_delivered_entries_total":
			fmt.Println(f.GetName(), f.Metric[0].GetLabel()[0].GetValue(), f.Metric[0].GetCounter().GetValue())
		}
	}
	// Output:
	// pbuf_accepted_writes_total last-seen 3
	// pbuf_delivered_entries_total last-seen 2
}
