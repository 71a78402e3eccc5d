//go:build pbuf_points

package schedules

import (
	"fmt"

	"github.com/partitioned-buffer/go/internal/epoch"
	"github.com/partitioned-buffer/go/internal/prove/points"
	"github.com/partitioned-buffer/go/internal/prove/sched"
)

// gateProgram lets each of n goroutines go through a gate a number of times
// while another one closes it. Nobody may be inside once Close has returned
// (E1), a refusal may come only after Close began (E2), and Close returns.
func gateProgram(n, visits int) sched.Program {
	return func() ([]func(), func() error) {
		var g epoch.Gate
		g.InitStripes(2)
		inside, refused, closing, closed := 0, 0, false, false
		var failure error
		fail := func(format string, args ...any) {
			if failure == nil {
				failure = fmt.Errorf(format, args...)
			}
		}
		visit := func() {
			for range visits {
				points.At()
				wasClosed := closed
				stripe, ok := g.Enter()
				if !ok {
					refused++
					if !closing {
						fail("E2: an open gate refused")
					}
					continue
				}
				if wasClosed || closed {
					fail("E1: entered after Close had returned")
				}
				inside++
				points.At()
				inside--
				g.Leave(stripe)
			}
		}
		bodies := []func(){func() {
			points.At()
			closing = true
			g.Close()
			closed = true
			if inside != 0 {
				fail("E1: %d inside after Close", inside)
			}
		}}
		for range n {
			bodies = append(bodies, visit)
		}
		return bodies, func() error { return failure }
	}
}
