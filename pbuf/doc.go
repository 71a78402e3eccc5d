// Package pbuf is an in-memory write buffer. Any number of goroutines put key-value
// pairs, writes to one key coalesce, and every interval the latest value of each key
// goes to a processor, in batches.
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
// A write is accepted if it returns no error (PutNewer: and true). It is then in its
// partition's current generation until a flush swaps that for an empty one, and in
// flight until that flush is over. In the end, as [Stats] count it, it is
//   - delivered: the processor returned nil for it
//   - overwritten or merged by a later write to its key, or erased by Delete
//   - taken by DeadLetter or dropped, only if Retry, OnFull or [Permanent] asks
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
// Each failed entry has its own backoff: about Retry.InitialBackoff, doubled with each
// attempt up to MaxBackoff, and random. Then the partition's next flush delivers it, in
// a batch of failed ones alone, or a flush of its own if nothing else is there; others
// keep their interval. Flush and Stop wait for no backoff.
//
// A batch that failed as a whole is halved, and the halves again, until what fails is
// alone: two calls per halving, one of which delivers. That is in the same flush if it
// has delivered something, otherwise in the next one, after the first backoff or an
// interval, whichever is shorter; what shared a batch with a poison entry waits no
// longer. No entry is given up before it has failed alone, except with MaxAttempts 1,
// GiveUp, Replay or a TableProcessor.
//
// If a flush delivers nothing at all, the sink counts as down. After two such flushes
// in a row the partition backs off: no interval, FlushThreshold or full buffer starts a
// flush until its backoff, doubled with each such flush, is over. In a flush, once two
// batches have failed as a whole and none was delivered, the rest goes back untried, no
// attempt counted (not so GiveUp and Stop's last try).
//
// [Map.Health] says since when and why nothing is delivered; Stats has LastError,
// ConsecutiveFailures and OldestAge; Flush, Stop and Checkpoint return errors; [Hooks]
// tell of each event. The package writes no log; pbuf/plugin/pbufslog does.
//
// # Order and versions
//
// Deliveries of one key come in the order of their generations, never two at a time
// (unless Options.AbandonStuck waives that). Between keys there is no order.
//
// [Map.PutNewer] is rejected if the key is buffered, in flight or waiting for its retry
// with an equal or higher version. Versions are forgotten when the delivery of the key's
// generation ends, retries included; Options.VersionMemory keeps those delivered last
// for longer. Then no version reaches the processor after a higher one of its key,
// unless a plain Put or Delete of the key came in between, the higher one was given up,
// or its partition has delivered VersionMemory other keys since. A plain Put wins over
// any version, and is remembered as version 0.
//
// Versions that no int64 holds (ULIDs, epoch and sequence, hybrid clocks) live in the
// value, and Options.Newer compares them: Put then stores only what is newer than what
// is buffered or else in flight, and [Map.PutIfNewer] says whether it did. The same
// goes for Initial and for what failed. A Delete wins over any value. PutNewer and
// DeleteNewer, which are cheaper, then return ErrOptions.
//
// # Functions of the user
//
// Processor, DeadLetter and Hooks run on a goroutine of the partition, one at a time.
// They may call the Map, all but Flush, Stop and Close ([ErrInProcessor]).
//
// Merge, Newer, SizeOf and PartitionBy run on the writer's goroutine, with no lock
// held: if one panics, the writer gets the panic, and nothing has changed. Merge and
// Newer run on copies, and again if the key was written meanwhile, so they must be pure
// functions and change nothing that a pointer leads to. For what a failed delivery puts
// back they run where processors run: if Merge panics there, the entry is given up; if
// SizeOf fails, both sizes count.
//
// Merge leaves versioned writes and tombstones alone: they replace and are replaced as
// without it. What failed and comes back is merged as the older value, and if it had
// reached the sink it counts twice in a sum; maxima, unions of sets and most sketches
// do not mind. Sums need Replay, and a sink that records which batches it has in the
// transaction that applies them.
//
// # A full buffer
//
// Options.Capacity bounds the distinct entries of all partitions together, strictly:
// those in the current generations and those in flight, which may come back. MaxBytes
// bounds the sum of their sizes likewise. Overwrites, what Merge makes and Initial are
// always taken by it, so the sum may exceed it. Only a new key, or one that is only in
// flight, finds the buffer full, and meets OnFull. That starts a flush of all partitions
// that do not back off.
//
// An entry larger than MaxBytes never fits: Block and Reject return ErrTooLarge, and
// DropOldest drops only it. SizeOf is called for the value to be stored (of a
// tombstone, the zero value), once per write, or as often as Merge or Newer. Sizes are
// 0 to 2^48, in any unit; any other is an error that wraps ErrArgument.
//
// # Restarts
//
// What Stop leaves undelivered can outlive the process: [WriteSnapshotFile] keeps it,
// [ReadSnapshotFile] reads it, and Options.Initial takes it. Package pbuf/codec has the
// codecs, and the whole of it as an example. What a crash takes is not in it.
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
// and into its batch. From 1 KB on, make V a pointer to what each Put allocates: that
// takes 0.6 of the time at 1 KB, 0.25 at 64 KB, and 0.5 to 0.8 of the memory. It never
// pays where keys are overwritten many times between flushes: an overwrite by pointer
// allocates, and takes up to three times as long.
package pbuf

// The ratios in "Cost" were measured with a flush every 20 ms. Where keys are new, a
// pointer took 0.2 to 0.35 of the time; of up to 256 bytes, only new keys gained.
