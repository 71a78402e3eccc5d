// Package pbufsql is a processor for database/sql: a batch becomes upserts in
// which the newer version wins, in the dialect of SQLite, of MySQL and MariaDB, or
// of PostgreSQL. It imports no driver. For PostgreSQL, pbufpgx is faster.
//
//	save, err := pbufsql.New(ctx, db, pbufsql.SQLite, pbufsql.Config[string, quake]{
//		Table:   "quakes",
//		Key:     []pbufsql.Column[string, quake]{{Name: "id", Value: func(e pbuf.Entry[string, quake]) any { return e.Key }}},
//		Columns: []pbufsql.Column[string, quake]{{Name: "mag", Value: func(e pbuf.Entry[string, quake]) any { return e.Value.Mag }}},
//		Version: "version",
//	})
//	...
//	buf, err := pbuf.New(pbuf.Options[string, quake]{Processor: save})
//
// # How
//
// A batch is one INSERT of many rows, without a transaction around it if it fits
// into one statement (by the number of its parameters; for MySQL, 1 MiB of text too)
// and has neither tombstones nor two entries of one row. For SQLite it is a transaction
// of prepared statements for some rows each. For PostgreSQL, where pgx has the server
// keep a statement of each size, it is up to three statements for 4095 rows, one for
// each hexadecimal digit of their number. Tombstones cost a DELETE each, in a
// transaction before it; with Config.Deleted they are rows like others. Rows are written
// in the order of their keys, so replicas that write the same ones do not deadlock.
//
// Drivers prepare a statement with arguments first, unless told otherwise: with
// go-sql-driver/mysql, interpolateParams=true saves that round trip. With
// maxAllowedPacket=0 a row that is larger than the server's limit is refused; without,
// the server hangs up, and it is retried.
//
// # Errors
//
// A row that the database refuses (a value out of range, a violated check) is
// found by halves and named with pbuf.Failed and pbuf.Permanent, so it is given
// up, to Options.DeadLetter if there is one; the rest of the batch is written. A
// row that collides with other rows (foreign key, another unique index, a trigger's
// signal), or has no partition in PostgreSQL, is found too, and tried again later.
// Deadlocks and serialization failures are tried again at once, a few times.
// Anything else, a dead server as well as a missing table, fails the batch and is
// left to Options.Retry.
//
// The errors of these drivers are known by their numbers: modernc.org/sqlite,
// mattn/go-sqlite3, go-sql-driver/mysql, pgx, lib/pq. Those of others fail the
// batch, and the buffer finds the row.
//
// # Exactly once
//
// Deliveries may repeat: with versions that is harmless, but sums count twice.
// With Config.Batches and Retry.Policy Replay each batch is applied once, even if
// the reply to its commit was lost.
//
// # SQLite
//
// Without Config.Schema the tables are those of the schema main: those that are
// attached or temporary need theirs.
//
// # MySQL and MariaDB
//
// ON DUPLICATE KEY UPDATE has no condition and no target: columns are assigned
// under an IF, the version last, and any unique index can be the duplicate one. So
// New refuses a table with another unique index, an index on a prefix or an
// expression too, unless one of its columns is not written and gets an
// AUTO_INCREMENT, a uuid() or NULL in new rows.
//
// MySQL would find a number 5 in a text '5abc', and the other way round. So the key of
// a tombstone is made to be of the column's type (DECIMAL, DATE and DATETIME rounded as
// in an INSERT), and is refused if it is no number or time for a column of such. Give
// other keys as the column holds them.
//
// Keys that are equal in the column's collation are one row: "a" and "A" in most of
// them, "a" and "a " even in utf8mb4_bin. Make text keys VARBINARY, or of a binary
// collation with NO PAD (MariaDB: utf8mb4_nopad_bin, MySQL: utf8mb4_0900_bin).
// Without a strict sql_mode (it is the default), the server cuts what does not fit
// instead of refusing it.
package pbufsql
