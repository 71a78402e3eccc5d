// Package pbuf is an in-memory write buffer. Writers put key-value pairs from any
// number of goroutines, writes to one key coalesce, and every interval the latest value
// of each key goes to a processor in batches.
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
// A write is accepted if it returns no error (PutNewer: and true). It then is in its
// partition's current generation, which the next flush swaps for an empty one; from
// there until that flush is over the entry is in flight. In the end it is one of these,
// which [Stats] count (see [PartitionStats.Balance]):
//   - delivered: the processor returned nil for it
//   - overwritten by a later write to its key, or merged with it
//   - erased by Delete
//   - taken by DeadLetter, or dropped: only where Options (Retry, OnFull) or the
//     processor ([Permanent]) ask for it
//   - undelivered: Stop could not deliver it, and [Map.Undelivered] yields it
//
// Values are kept, not copied: what a slice, map or pointer in a value leads to must
// not change until it is delivered. Put a clone of a []byte that you reuse.
//
// # Failed deliveries
//
// A delivery fails if the processor returns an error, panics, or calls runtime.Goexit.
// Its entries go back into the buffer, where newer writes replace them: memory stays
// bounded by distinct keys, and a sink that recovers gets the latest value of each,
// once. What failed may have reached the sink all the same, so processors must be
// idempotent; for those that cannot be, see [Replay].
//
// Each failed entry has its own backoff: a random time around Retry.InitialBackoff,
// doubled with each attempt up to Retry.MaxBackoff. Then it is delivered with the
// partition's next flush, in a batch apart from entries that never failed, or by a
// flush of its own if nothing else is buffered; other entries keep their interval.
// Flush and Stop wait for no backoff.
//
// A batch that failed as a whole is tried in halves, and their halves, until those that
// fail are alone: two calls for each, one of which delivers. That happens in the same
// flush if it has delivered something, otherwise in the next one, after the first
// backoff or an interval, whichever is shorter; what shared a batch with a poison entry
// waits no longer. An entry of such a batch is not given up until it has failed alone
// (with MaxAttempts 1, GiveUp, Replay or a TableProcessor it is).
//
// If a flush delivers nothing at all, the sink counts as down. After two such flushes
// in a row the partition backs off: neither its interval nor FlushThreshold nor a full
// buffer starts a flush before the backoff, doubled with each such flush, is over.
// Within a flush, once two batches have failed as a whole and none was delivered, the
// rest goes back untried, with no attempt counted. GiveUp, and the last try of Stop,
// try every batch.
//
// A failure happens in the background, where no caller can be told. [Map.Health] says
// since when and why nothing is delivered; Stats has ConsecutiveFailures, LastError and
// OldestAge; Flush, Stop and Checkpoint return errors; [Hooks] tell of each event. The
// package writes no log: pbuf/plugin/pbufslog has hooks that do.
//
// # Order and versions
//
// Deliveries of one key come in the order of their generations, never two at a time
// (unless Options.AbandonStuck waives that). Between keys there is no order.
//
// [Map.PutNewer] is rejected if the key is buffered, in flight or waiting for its retry
// with an equal or higher version. That memory ends when the delivery of the key's
// generation ends, retries included; Options.VersionMemory keeps the versions delivered
// last for longer. Then no version reaches the processor after a higher one of its key,
// unless a plain Put or Delete of the key came in between, the higher one was given up,
// or its partition has delivered VersionMemory other keys since. A plain Put wins over
// any version, and is remembered as version 0.
//
// Versions that no int64 holds (ULIDs, pairs of epoch and sequence, hybrid clocks with
// a node) live in the value, and Options.Newer compares them: a Put then stores only
// what is newer than what is buffered, or else in flight, and [Map.PutIfNewer] says
// whether it did. The same goes for Initial and for what failed. A Delete wins over any
// value. Numbers are cheaper, and the two do not mix: PutNewer and DeleteNewer then
// return an error that wraps ErrOptions.
//
// # Functions of the user
//
// Processor, DeadLetter and Hooks run on a goroutine of the partition, one at a time.
// They may call every method of the Map but Flush, Stop and Close, which return
// ErrInProcessor.
//
// Merge, Newer, SizeOf and PartitionBy run on the writer's goroutine, with no lock
// held: if one panics, the writer gets the panic, and nothing has changed. Merge and
// Newer run on copies, and again if the key was written meanwhile, so they must be pure
// functions of their arguments and change nothing that a pointer leads to. For what a
// failed delivery puts back they run where processors run; if Merge panics there, the
// entry is given up, and if SizeOf fails, the sizes of both values count.
//
// Merge leaves versioned writes and tombstones alone: they replace and are replaced as
// without it. What failed and comes back is merged as the older value. It may have
// reached the sink all the same, and then counts twice in a sum; maxima, unions of sets
// and most sketches do not mind. Sums need Replay, and a sink that records which
// batches it has in the transaction that applies them.
//
// # A full buffer
//
// Options.Capacity bounds the distinct entries of all partitions together, strictly:
// those in the current generations and those in flight, which may come back. A key that
// is only in flight counts as new. MaxBytes bounds the sum of their sizes, as SizeOf
// tells them, in the same way. Only a new key can find the buffer full, and meets
// OnFull; an overwrite is always taken, and so is what Merge makes, so the sum may
// exceed MaxBytes by what values grew. A write that finds the buffer full starts a
// flush of all partitions that are not backing off.
//
// An entry larger than MaxBytes never fits: Block and Reject return ErrTooLarge, and
// DropOldest drops only it. SizeOf is called for the value to be stored (of a
// tombstone, the zero value), once per write, or as often as Merge or Newer. A size is
// a number from 0 to 2^48 in any unit; for any other the write returns an error that
// wraps ErrArgument.
//
// # Cost
//
// Overwrites, stale rejects and reads allocate nothing and take no lock. Options cost
// only those who set them: Retry and DeadLetter nothing until a delivery fails;
// Capacity one atomic operation per insert; Tombstones nothing; VersionMemory a lock
// per versioned insert and delivered entry; Merge and Newer a second claim and a call
// per Put; MaxBytes a call per Put, 8 bytes per slot, and a count shared by all
// partitions; DropOldest a lock per insert.
//
// A value is part of its entry: it is copied when it is put, when its generation grows
// and into its batch. From 1 KB on, make V a pointer to what each Put allocates. With a
// flush every 20 ms that takes 0.6 of the time at 1 KB and 0.25 at 64 KB; where keys are
// new, 0.2 to 0.35; and 0.5 to 0.8 of the memory. Values of up to 256 bytes gain only
// where keys are new. A value in the entry stays better, at any size, where keys are
// overwritten many times between two flushes: an overwrite by pointer allocates, and
// takes up to three times as long.
package pbuf
