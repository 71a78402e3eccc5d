package pbufotel_test

import (
	"context"
	"fmt"

	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufotel"
)

func Example() {
	// The providers of a test; without these options, the global ones serve.
	reader, spans := metric.NewManualReader(), tracetest.NewSpanRecorder()
	meters := pbufotel.WithMeterProvider(metric.NewMeterProvider(metric.WithReader(reader)))
	tracers := pbufotel.WithTracerProvider(sdk.NewTracerProvider(sdk.WithSpanProcessor(spans)))

	options := pbuf.Options[string, int]{
		Name:       "last-seen",
		Partitions: 1,
		Processor:  func(context.Context, []pbuf.Entry[string, int]) error { return nil },
	}
	if err := pbufotel.Trace(&options, tracers); err != nil {
		panic(err)
	}
	buf, err := pbuf.New(options)
	if err != nil {
		panic(err)
	}
	registration, err := pbufotel.Register(buf, meters)
	if err != nil {
		panic(err)
	}
	defer registration.Unregister()

	_ = buf.Put("ann", 1)
	_ = buf.Put("ann", 2)
	_ = buf.Put("bob", 1)
	_ = buf.Close()

	for _, s := range spans.Ended() {
		fmt.Println(s.Name())
	}
	var all metricdata.ResourceMetrics
	if err := reader.Collect(context.Background(), &all); err != nil {
		panic(err)
	}
	for _, m := range all.ScopeMetrics[0].Metrics {
		if m.Name == "pbuf.write.accepted" {
			fmt.Println(m.Name, m.Data.(metricdata.Sum[int64]).DataPoints[0].Value)
		}
	}
	// Output:
	// batch last-seen
	// flush last-seen
	// pbuf.write.accepted 3
}
