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
// table after the other, as it grows, and one object of counts that they share.
// A new or idle generation has a table without slots; the first write makes
// some. A generation whose predecessor held something begins with a table of that
// size. No table comes back: memory is reused by the collector alone, so whoever
// sleeps with a pointer to a slot finds the key that it had.
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
// the check sees the swap, or the seal (or the mover) sees the slot busy and
// waits. There is no third case, and therefore no write is committed to a table
// after its slot was sealed or moved, without the seal writing a single slot.
//
// An insert reserves a slot first. A slot's zero word is busy, so taking the tag,
// or putting a new slot into the index, is the claim; the same check and commit
// follow. An insert whose check fails marks its slot moved: nothing is there, the
// current table decides. Inserts into the index run inside the table's gate.
//
// A write whose value depends on what is there looks first (Peek) and commits on
// the condition that nothing has happened since (WriteIf): no claim is held while
// its caller runs user code.
//
// # Growth
//
// When most slots are taken, one insert takes the table's turn, makes the next
// table T with T.growth leading to the old one O, and swaps current. From there
// on it is a retire in miniature: O's slots are moved to T under claims, in
// chunks that whoever comes past takes; the last one sets T.growth to nil. The
// rules, each refuted by the model when broken:
//
//   - T.growth is set before the swap, and loaded before the look in T: whoever
//     finds it nil finds everything in T. O's tags and index are read after the swap.
//   - A key that is live in O is worked on there, with the check for T: the mover
//     waits for the claim. Dead or absent in O: T alone decides; nothing in O is
//     ever revived. Moved in O: look in T once more, then T decides.
//   - The copy in T is published before the slot in O is marked moved.
//   - T is not replaced while it is being filled, neither by growth nor by a
//     retire: the turn of a table is taken after its growth has ended.
//   - Dead slots stay behind, and take their writes to the generation's counts.
//     So where most are dead, the next table is no larger: compaction is growth.
//   - While somebody walks, the table stays, and the index takes what has no room.
//
// # Invariants
//
//   - S1: a slot belongs to one key of one table for ever. No table comes back.
//   - S2: plain fields (value, meta, and the size beside the slot, if sizes are
//     bounded) are touched only by whoever moved the word to busy, or took the tag,
//     and then saw its table current, or moves the slot; read by the owner of a
//     sealed generation. The key is written once, while the slot is busy for the
//     first time, and read only of slots that were seen not busy.
//   - S3: a failed check, or a moved slot in one's own table, means that current
//     has moved on or is nil: progress.
//   - S4: a key is live in one slot of a generation at most. In a table, by the
//     front's compare-and-swap and the index's Compute. Across growth, since a
//     writer takes a slot in T only after it has seen the key dead, absent or moved
//     in O, which it then stays, and the mover moves live ones alone, whose writers
//     act in O.
//   - G1: conservation: each accepted write is delivered once, or overwritten in
//     its generation, or erased by Delete; the counts of Ledger say which.
//   - G2: linearizability: an operation takes effect at its check, in the
//     generation that was current right then. Misses and stale rejects take
//     effect at their look, at a generation that was current during the call.
//   - G3: per key, generations are handed out in order (one key, one partition,
//     one flusher). Between the keys of a generation there is no order.
//   - G4: a version is not accepted while a key's version in flight is as new.
//
// # Progress
//
// A look waits for claims in its bucket on slots with its key's tag: one copy of
// a value in or out, mostly of its own key. While a table grows, an operation that
// finds no hit in the new one also moves a chunk of the old one. The first write
// to a generation may wait for another one that makes its slots, an insert into a
// full table for a while for a mover that has lost its processor. Retire waits for
// claims, inserts into the index and chunks in progress. No writer waits for a
// flush.
//
// # Rejected alternatives
//
//   - Sealing each slot with a compare-and-swap to a mark of its own, and no
//     check: right too (it was the design), but the seal writes every slot, and the
//     version must be kept somewhere else for the comparison with what is in flight.
//   - The check before the claim: a swap fits in between, and the write lands in
//     a sealed generation (refuted by the model).
//   - The index decides always, the front finds: an allocation and a bucket's lock
//     for each insert, 360 against 150 ns with a flush each 20 ms.
//   - A first generation in the index alone: Put 300, Get 300 ns against 20 and 20
//     (100,000 integers, GOMAXPROCS 1); a mutex and a map takes 28 and 23.
//   - Cells of hash and number in front of an arena, which grow by copying:
//     1.3 times faster to fill, hits twice as slow.
//   - One mover under a mutex: right, but the Put that grows stalls for all of it.
//   - Drained stores that serve again: keys had to be sampled to know whether it
//     pays, and a revival costs what an insert costs now.
package shard
