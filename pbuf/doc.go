// Package pbuf is an in-memory write buffer. Writers put key-value pairs from any
// number of goroutines, writes to one key coalesce, and every interval the latest
// value of each key goes to a processor in batches.
//
//	buf, err := pbuf.New(pbuf.Options[string, int]{Processor: save})
//	err = buf.Put("k", 1)                        // the last write wins
//	stored, err := buf.PutNewer("k", 2, version) // the newer version wins
//	value, ok := buf.Get("k")                    // what is buffered
//	safe := buf.Checkpoint()                     // tells when all of it is delivered
//	err = buf.Health()                           // for a readiness probe
//	err = buf.Stop(ctx)                          // delivers the rest, until ctx's deadline
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
// Values are kept as they are, not copied: what a slice, map or pointer in a value
// leads to must not change until it is delivered.
//
// # Failed deliveries
//
// A delivery fails if the processor returns an error, panics, or calls
// runtime.Goexit. Its entries go back into the buffer, where newer writes replace
// them: memory stays bounded by distinct keys, and a sink that comes back gets the
// freshest value of each, once. What failed may have reached the sink all the same,
// so processors must be idempotent; for those that cannot be, see Replay.
//
// A failed entry waits for its own backoff: a random time around
// Retry.InitialBackoff, doubled with each of its attempts, Retry.MaxBackoff at most.
// Then it is delivered with the partition's next flush, in a batch apart from entries
// that never failed, or with a flush of its own if nothing else is buffered. So
// entries that do not fail keep their interval whatever fails beside them, and reach
// the processor as often as without that. Flush and Stop wait for no backoff.
//
// A batch that failed as a whole is tried in halves, and their halves, until those that
// fail are alone: two calls for each, one of which delivers. That happens in the same
// flush if the flush has delivered something, or else in the next one, after the first
// backoff: so what was in a batch with a poison entry waits for one backoff at most.
// An entry that failed with others is not given up until it has failed alone (but with
// MaxAttempts 1, Replay or a TableProcessor it is).
//
// If a flush delivers nothing at all, the sink counts as down. When that happens
// twice in a row, the partition backs off: neither its interval nor FlushThreshold
// nor a full buffer starts a flush before the backoff, doubled with each such flush,
// is over. Within a flush, after two batches that failed as a whole with nothing
// delivered before them, the rest is put back without being tried, and without an
// attempt being counted. The policy GiveUp, and the last try of Stop, try every batch.
//
// A failure happens in the background, where no caller can be told. It shows in
// Health, which says since when and why nothing is delivered; in Stats, as
// ConsecutiveFailures, LastError and OldestAge; in what Flush, Stop and Checkpoint
// return; and in Hooks. The package writes no log: pbuf/plugin/pbufslog makes hooks
// that write one line when an outage begins and one when it is over.
//
// # Order and versions
//
// Deliveries of one key come in the order of their generations, never two at a time
// (unless Options.AbandonStuck waives that). Between keys there is no order.
//
// PutNewer is rejected if the key is buffered, in flight or waiting for its retry
// with an equal or higher version. That memory ends when the delivery of the key's
// generation ends, however long its retries took; Options.VersionMemory keeps the
// versions delivered last for longer. Then no version reaches the processor after a
// higher one of its key, unless a plain Put or Delete of the key came in between, the
// higher one was given up, or its partition has delivered VersionMemory other keys
// since. A plain Put does not ask for versions: it wins over what is there, and is
// remembered as version 0.
//
// Versions that no int64 holds (ULIDs, pairs of epoch and sequence, hybrid clocks with
// a node) live in the value, and Options.Newer compares them: a Put then stores only
// what is newer than what is buffered, or else in flight, and PutIfNewer says whether
// it did. The same goes for Initial and for what failed. A Delete wins whatever is
// there. Numbers are cheaper, and the two do not mix: PutNewer and DeleteNewer then
// return an error that wraps ErrOptions.
//
// # Functions of the user
//
// Processor, DeadLetter and Hooks run on a goroutine of the partition, one at a time;
// they may call every method of the Map but Flush, Stop and Close, which return
// ErrInProcessor.
//
// Merge, Newer, SizeOf and PartitionBy run on the writer's goroutine, with nothing
// held: if one panics, the writer gets the panic, and nothing has changed. Merge and
// Newer run on copies, and again if the key was written meanwhile, so they must be pure
// functions of their arguments that change nothing a pointer leads to. For what a
// failed delivery puts back they run where processors run; if Merge panics there, the
// entry is given up, and if SizeOf does, the sizes of both values count.
//
// Merge combines versioned writes and tombstones with nothing: they replace and are
// replaced as without it. What failed and comes back is merged as the older value. It
// may have reached the sink all the same, and then counts twice in a sum; maxima,
// unions of sets and most sketches do not mind. Sums need the policy Replay, and a sink
// that stores which batches it has in the transaction that applies them.
//
// # A full buffer
//
// Options.Capacity bounds the distinct entries of all partitions together, strictly:
// those in the current generations and those in flight, which may come back. A key that
// is in flight alone counts as new. MaxBytes bounds the sum of their sizes in the same
// way, as SizeOf tells them. Only a new key can find the buffer full, and meets OnFull.
// An overwrite is always taken, and so is what Merge makes: the sum may exceed MaxBytes
// by what values grew, and then no new key fits. A write that finds the buffer full
// starts the delivery of all partitions that are not backing off.
//
// An entry larger than MaxBytes never fits: Block refuses it as Reject does, and
// DropOldest drops it and nothing else. A size is a number from 0 to 2^48 in any unit;
// for any other the writer gets an error that wraps ErrArgument. SizeOf is asked once
// per write, of the value to be stored (for a tombstone, of the zero value).
//
// # Cost
//
// Overwrites, stale rejects and reads allocate nothing and take no lock. Options
// of delivery cost their users only: Retry and DeadLetter nothing until a
// delivery fails; Capacity one atomic operation per insert; Tombstones nothing;
// VersionMemory a lock per versioned insert and delivered entry; Merge and Newer a
// second claim and a call per Put; MaxBytes a call per Put, 8 bytes per slot, and a
// count that all partitions share; DropOldest a lock per insert.
package pbuf
