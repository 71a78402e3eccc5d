// Package pbufotel instruments a pbuf buffer with OpenTelemetry: metrics of every
// number in its Stats, and spans of its flushes and batches.
//
//	options := pbuf.Options[string, int]{Processor: save}
//	err := pbufotel.Trace(&options) // spans
//	...
//	buf, err := pbuf.New(options)
//	...
//	registration, err := pbufotel.Register(buf) // metrics
//	...
//	defer registration.Unregister()
//
// # Metrics
//
// Register adds one callback, which asks for Stats once per collection. Names follow
// the semantic conventions: entries that the buffer holds are pbuf.entry.count, by
// pbuf.entry.state; what became of those that were accepted is pbuf.entry.settled, by
// pbuf.entry.outcome. The README lists all.
//
// # Spans
//
// Trace puts a span around each flush, "flush NAME", and one below it around each call
// of the processor, "batch NAME", with the number of entries, the attempt and the
// outcome. The context that the processor gets carries the batch's span, so what an
// instrumented driver records comes below that; what DeadLetter records comes below the
// flush. Spans of flushes begin traces: writes
// of many requests are in one flush, and none is its parent.
//
// # Cost
//
// Nothing happens on the write path. Without Trace nothing happens in deliveries
// either.
package pbufotel
