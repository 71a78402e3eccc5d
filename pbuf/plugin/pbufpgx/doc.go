// Package pbufpgx is a processor for PostgreSQL, on pgx: a batch becomes upserts
// in which the newer version wins.
//
//	save, err := pbufpgx.New(ctx, pool, pbufpgx.Config[string, quake]{
//		Table:   "quakes",
//		Key:     []pbufpgx.Column[string, quake]{{Name: "id", Value: func(e pbuf.Entry[string, quake]) any { return e.Key }}},
//		Columns: []pbufpgx.Column[string, quake]{{Name: "mag", Value: func(e pbuf.Entry[string, quake]) any { return e.Value.Mag }}},
//		Version: "version",
//	})
//	...
//	buf, err := pbuf.New(pbuf.Options[string, quake]{Processor: save})
//
// # How
//
// A batch is one statement in one round trip: INSERT ... SELECT FROM unnest of an
// array per column, ON CONFLICT UPDATE where the version is higher; entries that
// are one row are statements of their own, in the same transaction. With
// tombstones, a DELETE in a transaction of its own comes before it, in the same
// round trip. Rows are locked in the order of their keys, so replicas that write
// the same ones wait for each other and do not deadlock, unless keys that differ in
// Go are equal for the column: then one of them tries again at once.
//
// Behind a pooler, any default_query_exec_mode of pgx will do.
//
// # Errors
//
// A row that the server refuses (a value out of range, a zero byte in a text, a
// violated check) is found by halves and named with pbuf.Failed and
// pbuf.Permanent, so it is given up, to Options.DeadLetter if there is one; the
// rest of the batch is written. A row that collides with other rows (foreign key,
// another unique index, RAISE in a trigger) or has no partition is found too, and
// tried again later.
// Serialization failures and deadlocks are tried again at once, a few times.
// Anything else, a dead server as well as a missing table, fails the batch and is
// left to Options.Retry.
//
// # Exactly once
//
// Deliveries may repeat: with versions that is harmless, but sums count twice.
// With Config.Batches and Retry.Policy Replay each batch is applied once, even if
// the reply to its commit was lost.
package pbufpgx
