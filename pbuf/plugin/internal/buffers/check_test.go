package buffers_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/buffers"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/statstest"
)

func TestCheck(t *testing.T) {
	invalid := errors.New("invalid")
	seen, views := statstest.New("seen"), statstest.New("views")
	for says, all := range map[string][]buffers.Buffer{
		"no buffer":            nil,
		"buffer 1 is nil":      {seen, nil},
		"buffer 0 is nil":      {(*pbuf.Map[string, int])(nil)},
		"buffer 0 has no name": {&pbuf.Map[string, int]{}},
		`both named "seen"`:    {seen, views, seen},
		"":                     {seen, views},
	} {
		err := buffers.Check(invalid, all)
		if says == "" && err != nil || says != "" && (!errors.Is(err, invalid) || !strings.Contains(err.Error(), says)) {
			t.Errorf("error is %v, want one that says %q", err, says)
		}
	}
}
