package main

import (
	"strings"
	"testing"
)

func TestReadKnowsNamesUnitsAndRounds(t *testing.T) {
	f := parse(t, `cpu: X
BenchmarkPut/dist=zipf/buf=pbuf     	 100	 30.5 ns/op	 0 B/op
BenchmarkPut/dist=zipf/buf=pbuf-8   	 100	 70 ns/op
BenchmarkPut/dist=zipf/buf=pbuf-8   	 100	 80 ns/op
BenchmarkPut/dist=zipf/buf=pbuf-8   	 100	 60 ns/op
BenchmarkLatency/processor=fast/buf=mutex16-2 	 100	 5 ns/op	 900 p99.9-ns
`)
	for _, want := range []struct {
		cell
		buf, unit string
		value     float64
	}{
		{cell{"Put/dist=zipf", 1}, "pbuf", "ns/op", 30.5},
		{cell{"Put/dist=zipf", 1}, "pbuf", "B/op", 0},
		{cell{"Put/dist=zipf", 8}, "pbuf", "ns/op", 70},
		{cell{"Latency/processor=fast", 2}, "mutex16", "p99.9-ns", 900},
	} {
		if got, ok := f.median(want.cell, want.buf, want.unit); !ok || got != want.value {
			t.Errorf("%v %s %s = %v, %v, want %v", want.cell, want.buf, want.unit, got, ok, want.value)
		}
	}
	if len(f.order) != 3 || f.config["cpu"] != "X" {
		t.Errorf("cells %v, cpu %q", f.order, f.config["cpu"])
	}
}

func TestReadRefusesOutputWithoutFigures(t *testing.T) {
	for _, text := range []string{"", "PASS\nok\n", "BenchmarkX 12 nonsense\n"} {
		if _, err := read(strings.NewReader(text), "fixture"); err == nil {
			t.Errorf("%q was read without an error", text)
		}
	}
}

func TestMedian(t *testing.T) {
	for want, values := range map[float64][]float64{2: {9, 1, 2}, 3: {4, 2, 9, 1}, 7: {7}} {
		if got := median(values); got != want {
			t.Errorf("median of %v is %v, want %v", values, got, want)
		}
	}
}
