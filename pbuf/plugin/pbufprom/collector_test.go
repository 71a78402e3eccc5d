package pbufprom_test

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	dto "github.com/prometheus/client_model/go"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/statstest"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufprom"
)

func gather(t *testing.T, c prometheus.Collector) []*dto.MetricFamily {
	t.Helper()
	r := prometheus.NewPedanticRegistry()
	if err := r.Register(c); err != nil {
		t.Fatal(err)
	}
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	return families
}

func value(m *dto.Metric) float64 { return m.GetCounter().GetValue() + m.GetGauge().GetValue() }

// Each number of PartitionStats is collected: a new one is not forgotten.
func TestEveryNumberIsCollected(t *testing.T) {
	for f := range statstest.Fields(t) {
		if f.Text != "" || f.Name == "Dropped" { // no number; the sum of those by reason
			continue
		}
		c, err := pbufprom.NewCollector(statstest.New("seen", f.Stats))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(gather(t, c), func(family *dto.MetricFamily) bool {
			return slices.ContainsFunc(family.Metric, func(m *dto.Metric) bool { return value(m) == f.Value })
		}) {
			t.Errorf("%s is not collected", f.Name)
		}
	}
}

// The linter of Prometheus has nothing to say about names, units and helps.
func TestNamesAreRight(t *testing.T) {
	c, err := pbufprom.NewCollector(statstest.New("seen", pbuf.PartitionStats{}))
	if err != nil {
		t.Fatal(err)
	}
	problems, err := testutil.CollectAndLint(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

func TestByPartition(t *testing.T) {
	f := statstest.New("seen", pbuf.PartitionStats{Size: 1}, pbuf.PartitionStats{Size: 2})
	f.Books.Size = 3
	for _, by := range []bool{false, true} {
		c, err := pbufprom.Options{ByPartition: by, ConstLabels: prometheus.Labels{"zone": "a"}}.NewCollector(f)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]float64{}
		for _, family := range gather(t, c) {
			if family.GetName() != "pbuf_buffered_entries" {
				continue
			}
			for _, m := range family.Metric {
				labels := ""
				for _, l := range m.Label {
					labels += l.GetName() + "=" + l.GetValue() + " "
				}
				got[labels] = value(m)
			}
		}
		want := map[string]float64{"buffer=seen zone=a ": 3}
		if by {
			want = map[string]float64{"buffer=seen partition=0 zone=a ": 1, "buffer=seen partition=1 zone=a ": 2}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("ByPartition %v gives %v, want %v", by, got, want)
		}
	}
}

// The README lists every metric.
func TestReadmeListsMetrics(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	c, err := pbufprom.NewCollector(statstest.New("seen", pbuf.PartitionStats{}))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range gather(t, c) {
		if !strings.Contains(string(readme), "`"+f.GetName()+"`") {
			t.Errorf("README.md has no %s: %s", f.GetName(), f.GetHelp())
		}
	}
}
