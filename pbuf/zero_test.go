package pbuf_test

import (
	"testing"

	"github.com/partitioned-buffer/go/pbuf"
)

func TestZeroMap(t *testing.T) {
	var m pbuf.Map[string, int]
	wantClosed(t, &m, &m)
	wantError(t, "Stop", m.Stop(t.Context()), pbuf.ErrClosed)
	wantError(t, "Close", m.Close(), pbuf.ErrClosed)
	for e := range m.Undelivered() {
		t.Errorf("Undelivered yields %v", e)
	}
	if s := m.Stats(); s.Size != 0 || len(s.Partitions) != 0 {
		t.Errorf("Stats = %+v, want none", s)
	}
	if s := m.Settings(); s != (pbuf.Settings{}) {
		t.Errorf("Settings = %+v, want none", s)
	}
	if _, err := m.PutAll(nil); err == nil {
		t.Error("PutAll(nil) succeeds")
	}
}

func TestZeroRouted(t *testing.T) {
	var m pbuf.Map[string, int]
	t.Run("zero value", func(t *testing.T) { wantClosed(t, pbuf.Routed[string, int]{}, &m) })
	t.Run("of the zero Map", func(t *testing.T) { wantClosed(t, pbuf.Route(&m, "pinned"), &m) })
}
