package pbuf_test

import (
	"context"
	"testing"

	"github.com/partitioned-buffer/go/pbuf"
)

// What a Checkpoint costs while 10,000 wait, and what the flush costs that settles them.
func BenchmarkCheckpoint(b *testing.B) {
	const waiting = 10_000
	for _, bench := range []struct {
		name       string
		partitions int
	}{{"partitions=1", 1}, {"partitions=16", 16}} {
		b.Run(bench.name, func(b *testing.B) {
			m := start(b, pbuf.Options[uint64, int]{
				Partitions: bench.partitions, FlushInterval: never, PartitionBy: func(k uint64) uint64 { return k },
				Processor: func(context.Context, []pbuf.Entry[uint64, int]) error { return nil },
			})
			n := 0
			for b.Loop() {
				if n%waiting == 0 {
					flush(b, m)
					for k := range uint64(bench.partitions) {
						must(b, m.Put(k, n))
					}
				}
				m.Checkpoint()
				n++
			}
			b.ReportAllocs()
		})
	}
}
