package pbufotel

import (
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// create makes the instruments, one per name.
func (o *observer) create(meter metric.Meter) (all []metric.Observable, err error) {
	ints := map[string]metric.Int64Observable{}
	for i := range o.numbers {
		n := &o.numbers[i]
		if n.seconds != nil {
			n.floats, err = meter.Float64ObservableGauge(n.name, metric.WithUnit(n.unit), metric.WithDescription(n.help))
			if err != nil {
				return nil, err
			}
			all = append(all, n.floats)
			continue
		}
		if ints[n.name] == nil {
			made, err := n.create(meter)
			if err != nil {
				return nil, err
			}
			ints[n.name] = made
			all = append(all, made)
		}
		n.ints = ints[n.name]
	}
	return all, nil
}

func (n *number) create(meter metric.Meter) (metric.Int64Observable, error) {
	switch n.kind {
	case counter:
		return meter.Int64ObservableCounter(n.name, metric.WithUnit(n.unit), metric.WithDescription(n.help))
	case gauge:
		return meter.Int64ObservableGauge(n.name, metric.WithUnit(n.unit), metric.WithDescription(n.help))
	}
	return meter.Int64ObservableUpDownCounter(n.name, metric.WithUnit(n.unit), metric.WithDescription(n.help))
}

func state(s string) []attribute.KeyValue { return []attribute.KeyValue{EntryStateKey.String(s)} }

func outcome(s string) []attribute.KeyValue { return []attribute.KeyValue{EntryOutcomeKey.String(s)} }

func dropped(reason string) []attribute.KeyValue {
	return append(outcome("dropped"), DropReasonKey.String(reason))
}
