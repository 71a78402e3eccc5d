package pbuf_test

import (
	"fmt"
	"testing"

	"github.com/partitioned-buffer/go/pbuf"
)

func TestNamesOfEnumerations(t *testing.T) {
	for want, value := range map[string]any{
		"Block": pbuf.Block, "Reject": pbuf.Reject, "DropOldest": pbuf.DropOldest, "DropNewest": pbuf.DropNewest,
		"Requeue": pbuf.Requeue, "GiveUp": pbuf.GiveUp,
		"Absent": pbuf.Absent, "Buffered": pbuf.Buffered, "InFlight": pbuf.InFlight,
		"pbuf.FullPolicy(4)": pbuf.DropNewest + 1, "pbuf.RetryPolicy(200)": pbuf.RetryPolicy(200), "pbuf.Place(3)": pbuf.InFlight + 1,
	} {
		if got := fmt.Sprint(value); got != want {
			t.Errorf("%d is called %q, want %q", value, got, want)
		}
	}
}
