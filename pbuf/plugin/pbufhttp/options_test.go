package pbufhttp_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/statstest"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufhttp"
)

func discard(context.Context, []pbuf.Entry[string, int]) error { return nil }

func TestOptions(t *testing.T) {
	seen := statstest.New("seen")
	for name, c := range map[string]struct {
		options pbufhttp.Options
		buffers []pbufhttp.Buffer
		says    string
	}{
		"no buffer":           {pbufhttp.Options{}, nil, "no buffer"},
		"nil":                 {pbufhttp.Options{}, []pbufhttp.Buffer{seen, nil}, "buffer 1 is nil"},
		"nil pointer":         {pbufhttp.Options{}, []pbufhttp.Buffer{(*pbuf.Map[string, int])(nil)}, "buffer 0 is nil"},
		"zero Map":            {pbufhttp.Options{}, []pbufhttp.Buffer{&pbuf.Map[string, int]{}}, "buffer 0 has no name"},
		"one twice":           {pbufhttp.Options{}, []pbufhttp.Buffer{seen, seen}, `both named "seen"`},
		"refresh too short":   {pbufhttp.Options{Refresh: 5}, []pbufhttp.Buffer{seen}, "Refresh is 5ns"},
		"refresh negative":    {pbufhttp.Options{Refresh: -time.Second}, []pbufhttp.Buffer{seen}, "Refresh is -1s"},
		"refresh too long":    {pbufhttp.Options{Refresh: time.Hour + 1}, []pbufhttp.Buffer{seen}, "Refresh is 1h0m0.000000001s"},
		"refresh longest":     {pbufhttp.Options{Refresh: time.Hour}, []pbufhttp.Buffer{seen}, ""},
		"partitions negative": {pbufhttp.Options{Partitions: -1}, []pbufhttp.Buffer{seen}, "Partitions is -1"},
		"nothing is wrong":    {pbufhttp.Options{Refresh: time.Second, Partitions: 5}, []pbufhttp.Buffer{seen, statstest.New("views")}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.options.NewHandler(c.buffers...)
			switch {
			case c.says == "" && err != nil:
				t.Error(err)
			case c.says != "" && (!errors.Is(err, pbufhttp.ErrOptions) || !strings.Contains(err.Error(), c.says)):
				t.Errorf("error is %v, want one that says %q", err, c.says)
			}
		})
	}
}
