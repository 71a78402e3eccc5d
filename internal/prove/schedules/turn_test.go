//go:build pbuf_points && pbuf_flushers

package schedules

import (
	"fmt"
	"testing"

	"github.com/partitioned-buffer/go/internal/prove/points"
	"github.com/partitioned-buffer/go/internal/prove/sched"
	"github.com/partitioned-buffer/go/pbuf"
)

// turnProgram lets a worker go on from call to call, and a flusher lose patience at
// any moment. The flush is one's or the other's; once it is the flusher's the worker
// begins nothing any more.
func turnProgram(calls int) sched.Program {
	return func() ([]func(), func() error) {
		w := pbuf.NewWorker()
		w.Enter() // the flusher's, before it hands over the first call
		var ended points.Bool
		working, taken := false, false
		var failure error
		worker := func() {
			defer ended.Store(true)
			for range calls {
				points.At() // user code
				if !w.GoOn() {
					return
				}
				working = true
				if taken {
					failure = fmt.Errorf("turn: the worker goes on with a flush that the flusher has taken back")
				}
				points.At()
				working = false
				w.Enter()
			}
		}
		flusher := func() {
			for !ended.Load() {
				if !w.TakeBack() {
					points.Gosched()
					continue
				}
				if taken = true; working {
					failure = fmt.Errorf("turn: the flusher has taken back a flush that the worker goes on with")
				}
				return
			}
		}
		return []func(){worker, flusher}, func() error { return failure }
	}
}

// TestTurn explores who goes on with a flush.
func TestTurn(t *testing.T) {
	run := hooked(t)
	sum := sums{complete: map[int]int{}}
	for calls := range 4 {
		sum.explore(t, run, turnProgram(calls))
	}
	t.Log(&sum)
}
