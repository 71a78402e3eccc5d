package pbufotel_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	sdk "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	traces "go.opentelemetry.io/otel/sdk/trace"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/statstest"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufotel"
)

// meter is the SDK with a reader in memory.
type meter struct {
	t      *testing.T
	reader *sdk.ManualReader
	*sdk.MeterProvider
}

func newMeter(t *testing.T) *meter {
	reader := sdk.NewManualReader()
	return &meter{t, reader, sdk.NewMeterProvider(sdk.WithReader(reader))}
}

func (m *meter) register(b pbufotel.Buffer, opts ...pbufotel.Option) metric.Registration {
	m.t.Helper()
	r, err := pbufotel.Register(b, append(opts, pbufotel.WithMeterProvider(m))...)
	if err != nil {
		m.t.Fatal(err)
	}
	return r
}

// read collects: "name unit attribute=value ..." -> number.
func (m *meter) read() map[string]float64 {
	m.t.Helper()
	var all metricdata.ResourceMetrics
	if err := m.reader.Collect(context.Background(), &all); err != nil {
		m.t.Fatal(err)
	}
	found := map[string]float64{}
	for _, scope := range all.ScopeMetrics {
		if scope.Scope.Name != pbufotel.ScopeName {
			m.t.Errorf("scope is %q", scope.Scope.Name)
		}
		for _, one := range scope.Metrics {
			switch data := one.Data.(type) {
			case metricdata.Sum[int64]:
				for _, p := range data.DataPoints {
					found[key(one, p.Attributes)] = float64(p.Value)
				}
			case metricdata.Gauge[int64]:
				for _, p := range data.DataPoints {
					found[key(one, p.Attributes)] = float64(p.Value)
				}
			case metricdata.Gauge[float64]:
				for _, p := range data.DataPoints {
					found[key(one, p.Attributes)] = p.Value
				}
			default:
				m.t.Errorf("%s is a %T", one.Name, data)
			}
		}
	}
	return found
}

func key(m metricdata.Metrics, attributes attribute.Set) string {
	text := m.Name + " " + m.Unit
	for _, a := range attributes.ToSlice() {
		text += fmt.Sprintf(" %s=%s", a.Key, a.Value.String())
	}
	return text
}

// Each number of PartitionStats is observed: a new one is not forgotten.
func TestEveryNumberIsObserved(t *testing.T) {
	for f := range statstest.Fields(t) {
		if f.Text != "" || f.Name == "Dropped" { // no number; the sum of those by reason
			continue
		}
		m := newMeter(t)
		m.register(statstest.New("seen", f.Stats))
		if !slices.Contains(slices.Collect(maps.Values(m.read())), f.Value) {
			t.Errorf("%s is not observed", f.Name)
		}
	}
}

func TestNamesAndAttributes(t *testing.T) {
	m := newMeter(t)
	m.register(statstest.New("seen", pbuf.PartitionStats{Size: 7, DroppedNoRoom: 3, LastDuration: time.Second / 2}),
		pbufotel.WithAttributes(attribute.String("zone", "a")))
	got := m.read()
	for name, want := range map[string]float64{
		"pbuf.entry.count {entry} pbuf.buffer.name=seen pbuf.entry.state=buffered zone=a":                             7,
		"pbuf.entry.settled {entry} pbuf.buffer.name=seen pbuf.drop.reason=no_room pbuf.entry.outcome=dropped zone=a": 3,
		"pbuf.batch.duration.last s pbuf.buffer.name=seen zone=a":                                                     0.5,
	} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v, in %v", name, got[name], want, got)
		}
	}
	for name := range got {
		if !strings.HasPrefix(name, "pbuf.") || strings.Contains(name, "_total") {
			t.Errorf("%s is no name by the conventions", name)
		}
	}
}

func TestWithPartitions(t *testing.T) {
	m := newMeter(t)
	m.register(statstest.New("seen", pbuf.PartitionStats{Flushes: 1}, pbuf.PartitionStats{Flushes: 2}), pbufotel.WithPartitions())
	got := m.read()
	for i := range 2 {
		if n := got[fmt.Sprintf("pbuf.flushes {flush} pbuf.buffer.name=seen pbuf.partition=%d", i)]; n != float64(i+1) {
			t.Errorf("partition %d has %v flushes: %v", i, n, got)
		}
	}
}

// Two buffers share instruments; one that is unregistered is not observed any more.
func TestUnregister(t *testing.T) {
	m := newMeter(t)
	seen := m.register(statstest.New("seen", pbuf.PartitionStats{Flushes: 1}))
	m.register(statstest.New("views", pbuf.PartitionStats{Flushes: 2}))
	const flushes = "pbuf.flushes {flush} pbuf.buffer.name="
	if got := m.read(); got[flushes+"seen"] != 1 || got[flushes+"views"] != 2 {
		t.Fatalf("observed are %v", got)
	}
	if err := seen.Unregister(); err != nil {
		t.Fatal(err)
	}
	got := m.read()
	if _, there := got[flushes+"seen"]; there || got[flushes+"views"] != 2 {
		t.Errorf("observed are %v", got)
	}
}

func TestRegisterErrors(t *testing.T) {
	for says, b := range map[string]pbufotel.Buffer{
		"is nil":      nil,
		"buffer is n": (*pbuf.Map[string, int])(nil),
		"has no name": &pbuf.Map[string, int]{},
	} {
		if _, err := pbufotel.Register(b); !errors.Is(err, pbufotel.ErrArgument) || !strings.Contains(err.Error(), says) {
			t.Errorf("error is %v, want one that says %q", err, says)
		}
	}
}

// What is given is valid, or nothing is registered and nothing traced.
func TestOptionErrors(t *testing.T) {
	for says, option := range map[string]pbufotel.Option{
		"option 0 is nil":   nil,
		"a provider is nil": pbufotel.WithMeterProvider(nil),
		"provider is nil":   pbufotel.WithTracerProvider(nil),
		"a provider is":     pbufotel.WithMeterProvider((*sdk.MeterProvider)(nil)),
		"provider is":       pbufotel.WithTracerProvider((*traces.TracerProvider)(nil)),
		"zone has no key":   pbufotel.WithAttributes(attribute.String("", "zone")),
	} {
		_, err := pbufotel.Register(statstest.New("seen"), option)
		var o pbuf.Options[string, int]
		for _, err := range []error{err, pbufotel.Trace(&o, option)} {
			if !errors.Is(err, pbufotel.ErrArgument) || !strings.Contains(err.Error(), says) {
				t.Errorf("error is %v, want one that says %q", err, says)
			}
		}
		if o.Hooks.FlushStart != nil {
			t.Error("the buffer is traced all the same")
		}
	}
}

// The README lists every metric.
func TestReadmeListsMetrics(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	m := newMeter(t)
	m.register(statstest.New("seen", pbuf.PartitionStats{}))
	for name := range m.read() {
		if name, _, _ = strings.Cut(name, " "); !strings.Contains(string(readme), "`"+name+"`") {
			t.Errorf("README.md has no %s", name)
		}
	}
}
