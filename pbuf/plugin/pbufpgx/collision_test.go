package pbufpgx_test

import (
	"fmt"
	"testing"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
)

// Serializable transactions that touch the same rows fail by design. The
// processor tries again at once; here each batch gets through in one call or
// comes back whole.
func TestSerializationFailuresAreTriedAgain(t *testing.T) {
	d := shared(t, readings)
	serializable := func() pbuf.Processor[string, int] {
		return processor(t, d.connect(t, d.Config().ConnString(), "default_transaction_isolation=serializable"), sinktest.ByVersion())
	}
	processors := []pbuf.Processor[string, int]{serializable(), serializable()}
	sinktest.Replicas(rounds, tombstones, func(replica int, batch []entry) bool {
		for {
			err := processors[replica](t.Context(), batch)
			if err == nil {
				return true
			}
			if len(sinktest.Fates(err)) > 0 {
				t.Errorf("rows at fault: %v", err)
				return false
			}
		}
	})
	if d.codes.of("40001") == 0 {
		t.Error("no serialization failure: nothing was tested")
	}
	d.want(t, `SELECT min(version), count(*) > 400 FROM readings`, fmt.Sprint(rounds, " true"))
}
