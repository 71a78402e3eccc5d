// Package shard holds the partitions of the buffer: generations, slots, the
// write path, growing, retiring and walking what was retired. It knows nothing of
// time, processors or options.
//
//	 write(key)                                          one flusher per partition
//	     │                                                           │ Retire
//	     ▼                                                           │  1. finish a growth
//	Partition.current ── atomic.Pointer ──▶ table                    │  2. swap current
//	                                        ├─ front  tags, slots    │  3. close the gate, wait
//	                                        ├─ index  MapOf, gate    │  4. seal: meet every slot
//	                                        ├─ growth ─▶ table       ▼     that is not busy
//	                                        └─ generation: counts  Retired ─▶ Cursor ─▶ Release
//
// A generation is what is buffered between two swaps of a flusher. It has one
// table after the other, as it grows, and one object of counts that they share. It
// begins with more room than its predecessor took; where that was nothing, the first
// write makes some. No table comes back: memory is reused by the collector alone, so
// whoever sleeps with a pointer to a slot finds the key that it had.
//
// The front (front.go) decides whether a key exists, by one compare-and-swap of a
// word of tags; the index, an xsync.MapOf, by its Compute, for every key whose
// buckets in the front are full.
//
// # The protocol
//
// Every write is claim, check, commit on one slot:
//
//  1. claim: CompareAndSwap(word, busy);
//  2. check: is my table still current? If not, put the word back, having
//     touched nothing else, and start again;
//  3. commit: change the plain fields, then Store the new word.
//
// Whoever replaces a table swaps current first and looks at the slots afterwards.
// Both sides write one atomic and then read the other's (the slot's word, the
// partition's current), and Go's atomics are sequentially consistent: so either
// the check sees the swap, or the seal (or who copies) sees the slot busy and
// waits. There is no third case, and therefore no write is committed to a table
// after its slot was sealed or copied, without the seal writing a single slot.
//
// An insert reserves a slot first. A slot's zero word is busy, so taking the tag,
// or putting a new slot into the index, is the claim; the same check and commit
// follow. An insert whose check fails marks its slot void: nothing is there, the
// current table decides. Inserts into the index run inside the table's gate.
//
// A write whose value depends on what is there looks first (Peek) and commits on
// the condition that nothing has happened since (WriteIf): see conditional.go.
//
// # Growth
//
// When most slots are taken, one insert takes the table's turn, makes the next
// table T with T.growth leading to the old one O, and swaps current. That is a
// retire in miniature: no write is committed to O any more, and its live slots
// are copied to T once they were seen not busy. It goes in steps, a group of
// buckets each, which whoever comes past takes. The rules:
//
//   - T.growth is set before the swap, and loaded before the look in T: whoever
//     finds it nil finds everything in T. O's tags and index are read after the swap.
//   - Before T says that a key is absent, the two steps that can lead to the key,
//     its group's and the index's, have been taken. A hit in T needs neither.
//   - T is not replaced while it is being filled, neither by growth nor by a
//     retire: the turn of a table is taken after its growth has ended.
//   - Dead slots stay behind, and take their writes to the generation's counts.
//     So where most are dead, the next table is no larger: compaction is growth.
//
// # Invariants
//
//   - S1: a slot belongs to one key of one table for ever. No table comes back.
//   - S2: plain fields (value, meta, and the size beside the slot, if sizes are
//     bounded) are touched only by whoever moved the word to busy, or took the tag,
//     and then saw its table current, or copies to the slot. Anybody may read those
//     of a table that is not current any more, once the slot was seen not busy. The
//     key is written once, while the slot is busy for the first time, and read only
//     of slots that were seen not busy.
//   - S3: a failed check, or a void slot in one's own table, means that current
//     has moved on or is nil: progress.
//   - S4: a key has one slot in a table at most, by the front's compare-and-swap
//     and the index's Compute. It is copied to the next table once, by whoever holds
//     the step, and inserted there only after that step.
//   - G1: conservation: each accepted write is delivered once, or overwritten in
//     its generation, or erased by Delete; the counts of Ledger say which.
//   - G2: linearizability: an operation takes effect at its check, in the generation
//     that was current right then; misses and stale rejects at their look, or at the
//     swap before it, in a generation that was current during the call.
//   - G3: per key, generations are handed out in order (one key, one partition,
//     one flusher). Between the keys of a generation there is no order.
//   - G4: a version is not accepted while a key's version in flight is as new.
//
// # Progress
//
// A look waits while a slot with its key's tag is claimed, nearly always its own key's:
// for one copy of a value in or out. While a table grows, an operation that finds no
// hit copies its key's group and one more, or waits for whoever does. The
// first write to a generation may wait for another one that makes its slots.
// Retire waits for claims, inserts into the index and steps in progress. No writer
// waits for a flush.
//
// # Rejected alternatives
//
//   - Sealing each slot with a compare-and-swap to a mark of its own, and no check:
//     right too, but the seal writes every slot, and versions need another place.
//   - The check before the claim: a swap fits in between, and the write lands in
//     a sealed generation (refuted by the model).
//   - The index decides always, the front finds: an allocation and a bucket's lock
//     for each insert. So a first generation, all in the index, is slow to read too.
//   - Hashes and numbers in front of an arena: grows faster, but hits miss twice, in turn.
//   - Moving slot by slot under claims, while writers go on in the old table: right,
//     with two tables to look in, twice the rules, and twice the locked instructions.
//   - Drained stores that serve again, with their keys dead: 0.8 to 1.5 of the time of
//     fresh ones where keys recur, a third to all of the bytes allocated, 60 lines more.
package shard
