package pbufprom

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/partitioned-buffer/go/pbuf"
)

// metric is one number of pbuf.PartitionStats.
type metric struct {
	name, help string
	kind       prometheus.ValueType
	value      func(*pbuf.PartitionStats) float64
	labelNames []string // beside buffer and partition
	labels     []string // their values
}

// with gives the metric one more label.
func (m metric) with(name, value string) metric {
	m.labelNames, m.labels = []string{name}, []string{value}
	return m
}

// unix is the time in seconds, 0 for the zero time.
func unix(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixNano()) / 1e9
}

func counter(name, help string, value func(*pbuf.PartitionStats) uint64) metric {
	return metric{
		name: name, help: help, kind: prometheus.CounterValue,
		value: func(s *pbuf.PartitionStats) float64 { return float64(value(s)) },
	}
}

func gauge(name, help string, value func(*pbuf.PartitionStats) float64) metric {
	return metric{name: name, help: help, kind: prometheus.GaugeValue, value: value}
}

func metrics() []metric {
	type stats = pbuf.PartitionStats
	const dropped = "Entries given up, or dropped for want of room: they are lost."
	return []metric{
		// What the buffer holds.
		gauge("pbuf_buffered_entries", "Entries in the current generations.",
			func(s *stats) float64 { return float64(s.Size) }),
		gauge("pbuf_in_flight_entries", "Entries handed over for delivery.",
			func(s *stats) float64 { return float64(s.InFlight) }),
		gauge("pbuf_size_bytes", "Sizes of the entries that count for MaxBytes, as SizeOf tells them.",
			func(s *stats) float64 { return float64(s.Bytes) }),
		gauge("pbuf_oldest_entry_age_seconds", "Age of the oldest entry that is buffered or in flight, to the flush interval.",
			func(s *stats) float64 { return s.OldestAge.Seconds() }),
		gauge("pbuf_undelivered_entries", "Entries that Stop could not deliver.",
			func(s *stats) float64 { return float64(s.Undelivered) }),

		// The ledger: what was accepted is in one of the others, or held as above.
		counter("pbuf_accepted_writes_total", "Writes accepted, and initial entries.",
			func(s *stats) uint64 { return s.Accepted }),
		counter("pbuf_inserted_writes_total", "Writes that found the key absent, in retired generations.",
			func(s *stats) uint64 { return s.Inserted }),
		counter("pbuf_overwritten_writes_total", "Writes that a later one to their key replaced, or was merged with.",
			func(s *stats) uint64 { return s.Overwritten }),
		counter("pbuf_delivered_entries_total", "Entries for which the processor returned nil.",
			func(s *stats) uint64 { return s.Delivered }),
		counter("pbuf_erased_entries_total", "Entries that Delete took out of the buffer.",
			func(s *stats) uint64 { return s.Erased }),
		counter("pbuf_dropped_entries_total", dropped,
			func(s *stats) uint64 { return s.DroppedGivenUp }).with("reason", "given_up"),
		counter("pbuf_dropped_entries_total", dropped,
			func(s *stats) uint64 { return s.DroppedNoRoom }).with("reason", "no_room"),
		counter("pbuf_dead_lettered_entries_total", "Entries that DeadLetter took.",
			func(s *stats) uint64 { return s.DeadLettered }),

		// Writes that found the buffer full.
		counter("pbuf_blocked_writes_total", "Writes that had to wait for room.",
			func(s *stats) uint64 { return s.WritesBlocked }),
		counter("pbuf_refused_writes_total", "Writes that returned ErrFull.",
			func(s *stats) uint64 { return s.WritesRefused }),
		gauge("pbuf_waiting_writes", "Writes that wait for room now.",
			func(s *stats) float64 { return float64(s.WritesWaiting) }),

		// Deliveries.
		counter("pbuf_generations_total", "Generations retired with entries in them.",
			func(s *stats) uint64 { return s.Generations }),
		counter("pbuf_flushes_total", "Generations that have been through the processor.",
			func(s *stats) uint64 { return s.Flushes }),
		counter("pbuf_batches_total", "Calls of the processor.",
			func(s *stats) uint64 { return s.Batches }),
		counter("pbuf_failed_batches_total", "Calls of the processor that did not deliver their whole batch.",
			func(s *stats) uint64 { return s.CallsFailed }),
		counter("pbuf_timed_out_batches_total", "Failed calls of the processor that ended with ProcessorTimeout, or later.",
			func(s *stats) uint64 { return s.CallsTimedOut }),
		counter("pbuf_panicked_batches_total", "Failed calls of the processor that panicked or called runtime.Goexit.",
			func(s *stats) uint64 { return s.CallsPanicked }),
		counter("pbuf_failed_entries_total", "Entries for which a call of the processor did not return nil, each time.",
			func(s *stats) uint64 { return s.Failed }),
		counter("pbuf_requeued_entries_total", "Entries put back after a failure, each time.",
			func(s *stats) uint64 { return s.Requeued }),
		gauge("pbuf_stuck_processors", "Calls of the processor that run past their timeout.",
			func(s *stats) float64 { return float64(s.Stuck) }),
		gauge("pbuf_consecutive_failures", "Calls of the processor in a row that delivered nothing.",
			func(s *stats) float64 { return float64(s.ConsecutiveFailures) }),
		gauge("pbuf_last_success_timestamp_seconds", "When the processor last delivered something; 0: never.",
			func(s *stats) float64 { return unix(s.LastSuccess) }),
		gauge("pbuf_last_error_timestamp_seconds", "When a call of the processor last failed; 0: never.",
			func(s *stats) float64 { return unix(s.LastErrorAt) }),
		gauge("pbuf_backoff_remaining_seconds", "Time until the next delivery after a failure may start.",
			func(s *stats) float64 { return s.BackingOff.Seconds() }),
		gauge("pbuf_last_batch_duration_seconds", "Duration of the last call of the processor.",
			func(s *stats) float64 { return s.LastDuration.Seconds() }),
		gauge("pbuf_worst_batch_duration_seconds", "Duration of the longest call of the processor.",
			func(s *stats) float64 { return s.WorstDuration.Seconds() }),
		counter("pbuf_hook_failures_total", "Hooks that panicked or called runtime.Goexit.",
			func(s *stats) uint64 { return s.HookFailures }),
	}
}
