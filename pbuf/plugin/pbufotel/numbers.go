package pbufotel

import (
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/partitioned-buffer/go/pbuf"
)

// number is one of pbuf.PartitionStats. Those of one name differ in their attributes.
type number struct {
	name, unit, help string
	attributes       []attribute.KeyValue
	kind             kind
	whole            func(*pbuf.PartitionStats) int64 // either this
	seconds          func(*pbuf.PartitionStats) float64

	ints   metric.Int64Observable
	floats metric.Float64ObservableGauge
}

// kind is which instrument a number needs.
type kind int

const (
	upDown  kind = iota // goes up and down, and adds up
	counter             // goes up
	gauge               // does not add up
)

func numbers() []number {
	const (
		held    = "Entries that the buffer holds"
		settled = "Writes and entries by what became of them"
	)
	return []number{
		level("pbuf.entry.count", "{entry}", held, state("buffered"), func(s *stats) int64 { return int64(s.Size) }),
		level("pbuf.entry.count", "{entry}", held, state("in_flight"), func(s *stats) int64 { return int64(s.InFlight) }),
		level("pbuf.entry.count", "{entry}", held, state("undelivered"), func(s *stats) int64 { return int64(s.Undelivered) }),
		level("pbuf.entry.size", "By", "Sizes of the entries that count for MaxBytes", nil, func(s *stats) int64 { return s.Bytes }),

		count("pbuf.write.accepted", "{write}", "Writes accepted, and initial entries", nil, func(s *stats) uint64 { return s.Accepted }),
		count("pbuf.write.inserted", "{write}", "Writes that found the key absent, in retired generations", nil, func(s *stats) uint64 { return s.Inserted }),
		count("pbuf.write.blocked", "{write}", "Writes that had to wait for room", nil, func(s *stats) uint64 { return s.WritesBlocked }),
		level("pbuf.write.waiting", "{write}", "Writes that wait for room now", nil, func(s *stats) int64 { return int64(s.WritesWaiting) }),
		count("pbuf.write.refused", "{write}", "Writes that returned ErrFull", nil, func(s *stats) uint64 { return s.WritesRefused }),
		count("pbuf.entry.settled", "{entry}", settled, outcome("delivered"), func(s *stats) uint64 { return s.Delivered }),
		count("pbuf.entry.settled", "{entry}", settled, outcome("overwritten"), func(s *stats) uint64 { return s.Overwritten }),
		count("pbuf.entry.settled", "{entry}", settled, outcome("erased"), func(s *stats) uint64 { return s.Erased }),
		count("pbuf.entry.settled", "{entry}", settled, dropped("given_up"), func(s *stats) uint64 { return s.DroppedGivenUp }),
		count("pbuf.entry.settled", "{entry}", settled, dropped("no_room"), func(s *stats) uint64 { return s.DroppedNoRoom }),
		count("pbuf.entry.settled", "{entry}", settled, outcome("dead_lettered"), func(s *stats) uint64 { return s.DeadLettered }),

		count("pbuf.generations", "{generation}", "Generations retired with entries in them", nil, func(s *stats) uint64 { return s.Generations }),
		count("pbuf.flushes", "{flush}", "Generations that have been through the processor", nil, func(s *stats) uint64 { return s.Flushes }),
		count("pbuf.batches", "{batch}", "Calls of the processor", nil, func(s *stats) uint64 { return s.Batches }),
		count("pbuf.batch.failed", "{batch}", "Calls of the processor that did not deliver their whole batch", nil, func(s *stats) uint64 { return s.CallsFailed }),
		count("pbuf.batch.timed_out", "{batch}", "Failed calls that ended with ProcessorTimeout, or later", nil, func(s *stats) uint64 { return s.CallsTimedOut }),
		count("pbuf.batch.panicked", "{batch}", "Failed calls that panicked or called runtime.Goexit", nil, func(s *stats) uint64 { return s.CallsPanicked }),
		count("pbuf.entry.failed", "{entry}", "Entries for which a call of the processor did not return nil, each time", nil, func(s *stats) uint64 { return s.Failed }),
		count("pbuf.entry.requeued", "{entry}", "Entries put back after a failure, each time", nil, func(s *stats) uint64 { return s.Requeued }),
		{
			name: "pbuf.failures.consecutive", unit: "{batch}", help: "Calls of the processor in a row that delivered nothing", kind: gauge,
			whole: func(s *stats) int64 { return int64(s.ConsecutiveFailures) },
		},
		level("pbuf.processor.stuck", "{call}", "Calls of the processor that run past their timeout", nil, func(s *stats) int64 { return int64(s.Stuck) }),
		count("pbuf.hook.failures", "{failure}", "Hooks that panicked or called runtime.Goexit", nil, func(s *stats) uint64 { return s.HookFailures }),

		inSeconds("pbuf.entry.oldest.age", "Age of the oldest entry that is buffered or in flight, to the flush interval", func(s *stats) float64 { return s.OldestAge.Seconds() }),
		inSeconds("pbuf.backoff.remaining", "Time until the next delivery after a failure may start", func(s *stats) float64 { return s.BackingOff.Seconds() }),
		inSeconds("pbuf.batch.duration.last", "Duration of the last call of the processor", func(s *stats) float64 { return s.LastDuration.Seconds() }),
		inSeconds("pbuf.batch.duration.worst", "Duration of the longest call of the processor", func(s *stats) float64 { return s.WorstDuration.Seconds() }),
		inSeconds("pbuf.success.time", "Unix time at which the processor last delivered something; 0: never", func(s *stats) float64 { return unix(s.LastSuccess) }),
		inSeconds("pbuf.error.time", "Unix time at which a call of the processor last failed; 0: never", func(s *stats) float64 { return unix(s.LastErrorAt) }),
	}
}

type stats = pbuf.PartitionStats

func count(name, unit, help string, attributes []attribute.KeyValue, value func(*stats) uint64) number {
	return number{
		name: name, unit: unit, help: help, attributes: attributes, kind: counter,
		whole: func(s *stats) int64 { return int64(value(s)) },
	}
}

func level(name, unit, help string, attributes []attribute.KeyValue, value func(*stats) int64) number {
	return number{name: name, unit: unit, help: help, attributes: attributes, whole: value}
}

func inSeconds(name, help string, value func(*stats) float64) number {
	return number{name: name, unit: "s", help: help, kind: gauge, seconds: value}
}

// unix is the time in seconds, 0 for the zero time.
func unix(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixNano()) / 1e9
}
