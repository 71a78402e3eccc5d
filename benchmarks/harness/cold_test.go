package harness

import (
	"flag"
	"testing"

	"github.com/partitioned-buffer/go/benchmarks/rival"
	"github.com/partitioned-buffer/go/benchmarks/workload"
)

// benchmark runs f as go test -bench does, with n operations.
func benchmark(t *testing.T, n string, f func(b *testing.B)) {
	t.Helper()
	set := flag.Lookup("test.benchtime").Value
	defer func(old string) { set.Set(old) }(set.String())
	if err := set.Set(n); err != nil {
		t.Fatal(err)
	}
	testing.Benchmark(f)
}

func TestColdMeasuresABufferOfItsOwn(t *testing.T) {
	var made []*tally
	counted := rival.Contender[int, int]{Name: "tally", Can: rival.All, New: func(rival.Config[int, int]) rival.Buffer[int, int] {
		made = append(made, &tally{versions: map[int64]bool{}})
		return made[len(made)-1]
	}}
	const n = 3000
	benchmark(t, "3000x", func(b *testing.B) {
		(&Case[int, int]{Load: puts(), Cold: true}).Compare(b, []rival.Contender[int, int]{counted})
	})
	if len(made) < 2 {
		t.Fatalf("%d buffers, want one for the trial of a single operation and one for the measurement", len(made))
	}
	for i, c := range made {
		if c.puts != workload.Space || c.flushes != 0 || !c.closed {
			t.Errorf("buffer %d: filled with %d keys, %d flushes, closed: %v", i, c.puts, c.flushes, c.closed)
		}
	}
	if last := made[len(made)-1]; last.ops != n {
		t.Errorf("%d operations on the last buffer, want the %d that are measured", last.ops, n)
	}
}

func TestFillFillsAndNoticesWhatIsMissing(t *testing.T) {
	const keys = 10_007 // no multiple of a chunk
	ints := rival.IntMutexes[int, int]()[:1]
	for _, want := range []struct {
		n  int
		ok bool
	}{{keys, true}, {keys + 1, false}} { // one more is a key put twice
		var ok bool
		benchmark(t, "2x", func(b *testing.B) {
			c := Case[int, int]{Load: workload.Filling(keys), Value: 1, Cold: true, Needs: rival.Flushes}
			ok = b.Run("fill", func(b *testing.B) { c.Fill(b, want.n, ints) })
		})
		if ok != want.ok {
			t.Errorf("filling %d of %d keys: ok is %v", want.n, keys, ok)
		}
	}
}
