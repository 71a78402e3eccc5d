package benchmarks

import (
	"flag"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/benchmarks/harness"
	"github.com/partitioned-buffer/go/benchmarks/rival"
	"github.com/partitioned-buffer/go/benchmarks/workload"
)

// Not called -trace: go test has a flag of that name, which writes the file.
var blocks = flag.String("blocks", "", "a block trace for BenchmarkTrace to read: lines of first block and count, gzipped or plain")

// BenchmarkTrace replays the accesses of a real database as writes.
func BenchmarkTrace(b *testing.B) {
	if *blocks == "" {
		b.Skip("needs a recorded trace: pass its file with -blocks")
	}
	accessed, err := workload.ReadTrace(*blocks)
	if err != nil {
		b.Fatal(err)
	}
	compareInts(b, harness.Case[int, int]{Needs: rival.Flushes, Interval: 20 * time.Millisecond},
		workload.Replay("dist=trace", accessed))
}
