package pbufprom_test

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	dto "github.com/prometheus/client_model/go"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufprom"
)

// fake is a buffer with books as a test wants them.
type fake struct{ stats pbuf.Stats }

func (f *fake) Stats() pbuf.Stats { return f.stats }

func newFake(name string, partitions ...pbuf.PartitionStats) *fake {
	f := &fake{pbuf.Stats{Name: name, Partitions: partitions}}
	if len(partitions) == 1 {
		f.stats.PartitionStats = partitions[0]
	}
	return f
}

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
	var s pbuf.PartitionStats
	v := reflect.ValueOf(&s).Elem()
	for i := range v.NumField() {
		name, f := v.Type().Field(i).Name, v.Field(i)
		want := float64(1000 + i)
		switch x := f.Addr().Interface().(type) {
		case *error: // no number
			continue
		case *time.Time:
			*x = time.Unix(int64(want), 0)
		case *time.Duration:
			*x = time.Duration(want) * time.Second
		case *int:
			*x = int(want)
		case *int64:
			*x = int64(want)
		case *uint64:
			*x = uint64(want)
		default:
			t.Fatalf("%s has the type %T, which this test does not know", name, x)
		}
		c, err := pbufprom.NewCollector(newFake("seen", s))
		if err != nil {
			t.Fatal(err)
		}
		if name == "Dropped" { // the sum of those by reason
			continue
		}
		if !slices.ContainsFunc(gather(t, c), func(f *dto.MetricFamily) bool {
			return slices.ContainsFunc(f.Metric, func(m *dto.Metric) bool { return value(m) == want })
		}) {
			t.Errorf("%s is not collected", name)
		}
	}
}

// The linter of Prometheus has nothing to say about names, units and helps.
func TestNamesAreRight(t *testing.T) {
	c, err := pbufprom.NewCollector(newFake("seen", pbuf.PartitionStats{}))
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
	f := newFake("seen", pbuf.PartitionStats{Size: 1}, pbuf.PartitionStats{Size: 2})
	f.stats.Size = 3
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
	c, err := pbufprom.NewCollector(newFake("seen", pbuf.PartitionStats{}))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range gather(t, c) {
		if !strings.Contains(string(readme), "`"+f.GetName()+"`") {
			t.Errorf("README.md has no %s: %s", f.GetName(), f.GetHelp())
		}
	}
}
