package property

import (
	"math"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
	"pgregory.net/rapid"
)

// value says which partition the machine wrote it to: deliveries come without.
type value struct{ N, Part int }

type (
	entry   = pbuf.Entry[int, value]
	buffer  = pbuf.Map[int, value]
	options = pbuf.Options[int, value]
)

// routings are the ways to the partition. With none the machine can't know it,
// and has one partition.
var routings = map[string]func(int) uint64{
	"default":   nil,
	"constant":  func(int) uint64 { return math.MaxUint64 },
	"truncated": func(k int) uint64 { return uint64(k & 1) },
	"identity":  func(k int) uint64 { return uint64(k) },
}

const interval = time.Minute

// draw draws the options, all but the processor and the hooks.
func draw(t *rapid.T) (o options, table bool) {
	o.PartitionBy = routings[rapid.SampledFrom([]string{"default", "constant", "truncated", "identity"}).Draw(t, "routing")]
	o.Partitions = 1
	if o.PartitionBy != nil {
		o.Partitions = rapid.IntRange(1, 4).Draw(t, "partitions")
	}
	o.FlushInterval = interval
	o.ProcessorTimeout = 24 * time.Hour // processors that hold are to hold
	o.BatchSize = rapid.SampledFrom([]int{1, 2, 3, 512}).Draw(t, "batch size")
	o.FlushThreshold = rapid.SampledFrom([]int{0, 0, 1, 3}).Draw(t, "threshold")
	if table = rapid.Bool().Draw(t, "table"); table {
		o.BatchSize = 0
	}
	return o, table
}
