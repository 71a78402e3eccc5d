// Package pbuf is an in-memory write buffer: writers put key-value pairs from
// any number of goroutines, writes to one key coalesce, and every interval the
// latest value of each key goes to a processor in batches.
//
//	buf, err := pbuf.New(pbuf.Options[string, int]{Processor: save})
//	...
//	defer buf.Close()
//	err = buf.Put("k", 1)
//	stored, err := buf.PutNewer("k", 2, version)
//
// # What becomes of a write
//
// A write is accepted if it returns no error (PutNewer: and true). An accepted
// write is in the buffer, or with the processor, or one of these, each counted in
// Stats, which balance at any moment (see PartitionStats.Balance):
//
//   - delivered: the processor returned nil for it;
//   - overwritten by a later write to its key, or merged with it;
//   - erased by Delete;
//   - taken by Options.DeadLetter, or dropped: only where Options ask for it
//     (Retry, OnFull), or the processor (Permanent);
//   - undelivered: Stop could not deliver it, and Undelivered has it.
//
// A delivery that fails (an error, a panic, a timeout) is tried again after a
// backoff. Meanwhile its entries are back in the buffer, where newer writes
// replace them: memory is bounded by distinct keys, and a sink that comes back
// gets the freshest value of each, once. What failed may have reached the sink
// in part, so sinks must bear repeated deliveries.
//
// Values are kept as they are, not copied: what a slice, map or pointer in a value
// leads to must not change until it is delivered.
//
// Checkpoint says when the writes before it have become one of these, and whether any
// was lost, without forcing a delivery: a consumer of a log acknowledges by it.
//
// # When nothing is delivered
//
// A delivery fails in the background, where no caller is to be told. It shows in
// Health, for a readiness probe, which says since when and why nothing is delivered; in
// Stats, as ConsecutiveFailures, LastError and OldestAge; in what Flush, Stop and
// Checkpoint return; and in Hooks. The package writes no log: pbuf/plugin/pbufslog makes
// hooks that write one line when an outage begins and one when it is over.
//
// # Order
//
// Deliveries of one key come in the order of their generations, never two at a
// time (unless Options.AbandonStuck waives that). PutNewer is rejected if the key
// is buffered, in flight or waiting for its retry with an equal or higher
// version, and with Options.VersionMemory also for a while after its delivery;
// there is the guarantee in full. A plain Put always wins over what is there, and
// sets the version to 0; with Options.Newer it is the value that says whether it
// is newer, and the same rule holds.
//
// # Cost
//
// Overwrites, stale rejects and reads allocate nothing and take no lock. Options
// of delivery cost their users only: Retry and DeadLetter nothing until a
// delivery fails; Capacity one atomic operation per insert; Tombstones nothing;
// VersionMemory a lock per versioned insert and delivered entry; Merge and Newer a
// second claim and a call per Put; MaxBytes a call per Put, and a count that all
// partitions share; DropOldest a lock per insert.
package pbuf
