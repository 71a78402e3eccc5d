//go:build pbuf_points

package schedules

import (
	"fmt"
	"testing"

	"github.com/partitioned-buffer/go/internal/prove/history"
	"github.com/partitioned-buffer/go/internal/prove/sched"
	"github.com/partitioned-buffer/go/internal/shard"
)

// walkProgram walks over an entry that nobody touches, beside inserts that make
// the table grow and, if retiring is set, a retire. The walk sees it once, and never
// sees a key twice; only if it began after the retire, nothing is there.
func walkProgram(retiring bool) sched.Program {
	return func() ([]func(), func() error) {
		p := (&Program{}).config()
		part := shard.NewPartition[int, int](p)
		insert := func(keys ...int) {
			for _, k := range keys {
				part.Put(history.Hash(k), k, 1)
			}
		}
		insert(0)
		seen, retired := map[int]int{}, false
		bodies := []func(){
			func() { part.Walk(func(i shard.Item[int, int]) bool { seen[i.Key]++; return true }) },
			func() { insert(1) },
			func() { insert(2); part.Delete(history.Hash(2), 2) },
		}
		if retiring {
			bodies = append(bodies, func() { retired = true; part.Retire() })
		}
		return bodies, func() error {
			for key, times := range seen {
				if times > 1 {
					return fmt.Errorf("Walk: key %d was seen %d times", key, times)
				}
			}
			if seen[0] == 0 && !retired {
				return fmt.Errorf("Walk: an entry that was live throughout was not seen: %v", seen)
			}
			return nil
		}
	}
}

// TestWalk explores walks as TestExplore does programs.
func TestWalk(t *testing.T) {
	run := hooked(t)
	sum := sums{complete: map[int]int{}}
	for _, retiring := range []bool{false, true} {
		sum.explore(t, run, walkProgram(retiring))
	}
	t.Log(&sum)
}
