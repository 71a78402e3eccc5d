// Package shard holds the partitions of the buffer: generations, slots, the
// write path, retiring and walking what was retired. It knows nothing of time,
// processors or options.
//
//	 write(key)                                         one flusher per partition
//	     │                                                          │
//	     ▼                                                          │ Retire
//	Partition.current ── atomic.Pointer ──▶ Generation              │  1. swap current
//	                                        ├─ gate  who inserts    │  2. close the gate, wait
//	                                        └─ store                │  3. seal: meet every slot not busy
//	                                           ├─ places  by hash   ▼
//	                                           ├─ index   MapOf  Retired ─▶ Cursor ─▶ Release, or
//	                                           ├─ spill, order                        Recycle: serve again
//	                                           └─ counts
//
// A generation is an incarnation of a store: it owns the gate and lends the
// store its identity. A store may serve several generations, one after the
// other (recycle.go); a generation, and so its gate, never comes back.
//
// The index, an xsync.MapOf, decides whether a key exists: a key is inserted by
// its Compute and by nothing else. Finding a key that exists mostly goes past
// it, by the places (place.go), or by hints where much is spilled (hint.go).
//
// # The protocol
//
// Every write is claim, check, commit on one slot:
//
//  1. claim: CompareAndSwap(word, busy);
//  2. check: is my generation still current? If not, put the word back, having
//     touched nothing else, and start again;
//  3. commit: change the plain fields, then Store the new word.
//
// The flusher swaps current first and looks at the slots afterwards. Both
// sides write one atomic and then read the other's (the slot's word, the
// partition's current), and Go's atomics are sequentially consistent: so either
// the check sees the swap, or the seal sees the slot busy and waits. There is
// no third case, and therefore no write is committed to a generation after it
// was sealed, without the seal writing a single slot.
//
// A write whose value depends on what is there looks first (Peek) and commits on
// the condition that nothing has happened since (WriteIf): no claim is held while
// its caller runs user code.
//
// A key that the index lacks is inserted inside the gate: its slot is born
// busy, which is a claim, and then goes through the same check and commit.
//
// # Rejected alternatives
//
//   - Sealing each slot with a compare-and-swap to a mark of its own, and no
//     check: right too (it was the design), but the seal writes every slot, the
//     version must be kept somewhere else for the comparison with what is in
//     flight, and a drained store cannot serve again.
//   - The check before the claim: a swap fits in between, and the write lands in
//     a sealed generation (refuted by the model).
//   - Committing an insert without the check, since the gate is waited for: a
//     version can then be accepted twice across a swap (G4).
//   - Storing records by value with the index's Compute: an allocation and the
//     bucket's lock for each overwrite, three to four times slower.
//
// # Invariants
//
//   - S1: a slot belongs to one key of one store for ever. A generation is never
//     reused; a store is, but only after everything in it is dead.
//   - S2: plain fields (value, meta, and the size beside the slot, if sizes are
//     bounded) are touched only by whoever moved the word to busy and then saw its
//     generation current; read by the owner of a sealed generation; and cleared by
//     Recycle under a claim of its own. The key is written once, before the slot can
//     be found.
//   - S3: a failed check means that current has moved on or is nil: progress.
//   - G1: conservation: each accepted write is delivered once, or overwritten in
//     its generation, or erased by Delete; the counts of Ledger say which.
//   - G2: linearizability: an operation takes effect at its check, in the
//     generation that was current right then. Misses and stale rejects take
//     effect at their look, at a generation that was current during the call.
//   - G3: per key, generations are handed out in order (one key, one partition,
//     one flusher).
//   - G4: a version is not accepted while a key's version in flight is as new.
//
// # Progress
//
// Misses are wait-free. An operation on a buffered key, a stale reject too,
// waits while another goroutine copies one value in or out of that slot. An
// insert takes the bucket lock of the index and may wait for its table to grow
// or for the arena's next segment. Retire waits for claims and inserts in
// progress. No writer waits for a flush or for another key's slot.
package shard
