package pbuf_test

import (
	"context"
	"fmt"
	"math"
	"testing"
	"testing/synctest"

	"github.com/partitioned-buffer/go/pbuf"
)

// Keys that are not equal to themselves are in no map, so nothing tells which of them
// went back: a checkpoint waits for all of them, also for those that were not tried.
func TestCheckpointOfUnequalKeys(t *testing.T) {
	for _, size := range []int{1, 100} {
		for _, attempts := range []int{0, 3} {
			t.Run(fmt.Sprintf("batches of %d, %d attempts", size, attempts), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					down := true
					m := start(t, pbuf.Options[float64, int]{
						Partitions: 1, FlushInterval: never, BatchSize: size, Retry: pbuf.Retry{MaxAttempts: attempts},
						Processor: func(_ context.Context, batch []pbuf.Entry[float64, int]) error {
							if down {
								return pbuf.Failed(errSink, batch...)
							}
							return nil
						},
					})
					var checkpoints []*pbuf.Checkpoint
					for i := range 2 {
						for range 4 {
							must(t, m.Put(math.NaN(), i))
						}
						checkpoints = append(checkpoints, m.Checkpoint())
						wantError(t, "Flush", m.Flush(t.Context()), errSink)
						for _, c := range checkpoints {
							wantWaiting(t, fmt.Sprint("after failure ", i+1), c)
						}
					}
					if attempts > 0 { // what came first has one left
						for range 10 {
							if m.Stats().Dropped == 8 {
								break
							}
							wantWaiting(t, "before all of them are given up", checkpoints[1])
							wantError(t, "Flush", m.Flush(t.Context()), errSink)
						}
					}
					down = false
					flush(t, m)
					for i, c := range checkpoints {
						if dropped := int(balanced(t, m).Dropped); dropped > 0 {
							wantLost(t, fmt.Sprint("checkpoint ", i), c, dropped, errSink)
						} else {
							wantSafe(t, fmt.Sprint("checkpoint ", i), c)
						}
					}
				})
			})
		}
	}
}
