package pbufprom_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/statstest"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufprom"
)

func TestOptions(t *testing.T) {
	seen := statstest.New("seen")
	for name, c := range map[string]struct {
		options pbufprom.Options
		buffers []pbufprom.Buffer
		says    string
	}{
		"no buffer":        {pbufprom.Options{}, nil, "no buffer"},
		"nil":              {pbufprom.Options{}, []pbufprom.Buffer{seen, nil}, "buffer 1 is nil"},
		"nil pointer":      {pbufprom.Options{}, []pbufprom.Buffer{(*pbuf.Map[string, int])(nil)}, "buffer 0 is nil"},
		"zero Map":         {pbufprom.Options{}, []pbufprom.Buffer{&pbuf.Map[string, int]{}}, "buffer 0 has no name"},
		"one twice":        {pbufprom.Options{}, []pbufprom.Buffer{seen, seen}, `both named "seen"`},
		"label is taken":   {pbufprom.Options{ConstLabels: prometheus.Labels{"buffer": "x"}}, []pbufprom.Buffer{seen}, "ConstLabels"},
		"label is no name": {pbufprom.Options{ConstLabels: prometheus.Labels{"\xff": "x"}}, []pbufprom.Buffer{seen}, "ConstLabels"},
		"nothing is wrong": {pbufprom.Options{ByPartition: true}, []pbufprom.Buffer{seen, statstest.New("views")}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.options.NewCollector(c.buffers...)
			switch {
			case c.says == "" && err != nil:
				t.Error(err)
			case c.says != "" && (!errors.Is(err, pbufprom.ErrOptions) || !strings.Contains(err.Error(), c.says)):
				t.Errorf("error is %v, want one that says %q", err, c.says)
			}
		})
	}
}
