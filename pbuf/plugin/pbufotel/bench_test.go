package pbufotel_test

import (
	"context"
	"strconv"
	"testing"

	metricnoop "go.opentelemetry.io/otel/metric/noop"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufotel"
)

func ignore(context.Context, []entry) error { return nil }

// What one collection costs: a buffer of 16 partitions, as on a machine of 16 cores.
func BenchmarkCollect(b *testing.B) {
	buf, err := pbuf.New(options{Partitions: 16, Processor: ignore})
	if err != nil {
		b.Fatal(err)
	}
	defer buf.Close()
	reader := sdkmetric.NewManualReader()
	if _, err := pbufotel.Register(buf, pbufotel.WithMeterProvider(sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader)))); err != nil {
		b.Fatal(err)
	}
	var into metricdata.ResourceMetrics
	b.ReportAllocs()
	for b.Loop() {
		if err := reader.Collect(b.Context(), &into); err != nil {
			b.Fatal(err)
		}
	}
}

// A write costs the same with all of it as without.
func BenchmarkPut(b *testing.B) {
	for name, traced := range map[string]bool{"plain": false, "instrumented": true} {
		b.Run(name, func(b *testing.B) {
			o := options{Processor: ignore}
			if traced {
				if err := pbufotel.Trace(&o, pbufotel.WithTracerProvider(noop.NewTracerProvider())); err != nil {
					b.Fatal(err)
				}
			}
			buf, err := pbuf.New(o)
			if err != nil {
				b.Fatal(err)
			}
			defer buf.Close()
			if traced {
				if _, err := pbufotel.Register(buf, pbufotel.WithMeterProvider(metricnoop.NewMeterProvider())); err != nil {
					b.Fatal(err)
				}
			}
			for i := 0; b.Loop(); i++ {
				_ = buf.Put("ann", i)
			}
		})
	}
}

// What the spans of one flush of 1000 entries in two batches cost.
func BenchmarkFlush(b *testing.B) {
	keys := make([]string, 1000)
	for i := range keys {
		keys[i] = strconv.Itoa(i)
	}
	for _, name := range []string{"plain", "spans not recorded", "spans recorded"} {
		b.Run(name, func(b *testing.B) {
			o := options{Partitions: 1, Processor: ignore}
			var err error
			switch name {
			case "spans not recorded":
				err = pbufotel.Trace(&o, pbufotel.WithTracerProvider(noop.NewTracerProvider()))
			case "spans recorded":
				err = pbufotel.Trace(&o, pbufotel.WithTracerProvider(sdktrace.NewTracerProvider()))
			}
			if err != nil {
				b.Fatal(err)
			}
			buf, err := pbuf.New(o)
			if err != nil {
				b.Fatal(err)
			}
			defer buf.Close()
			for b.Loop() {
				for i, k := range keys {
					_ = buf.Put(k, i)
				}
				if err := buf.Flush(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
