package upsert

import "github.com/partitioned-buffer/go/pbuf"

// Config says which table the entries go to, and how. Names are taken literally
// and quoted: what holds a dot or a capital letter is one identifier.
type Config[K comparable, V any] struct {
	// Schema is where the tables are (MySQL: the database). Default: where the
	// connection finds them (SQLite: main, so not temporary ones).
	Schema string
	// Table is the name of the table. It must be set, and the table must exist.
	Table string

	// Key are the columns that tell rows apart, at least one: the primary key or a
	// unique index, exactly, and not deferrable (behind a view, New does not notice). A row whose key holds NULL is given
	// up. Rows are written in the order of their keys, so that processes that write
	// the same rows do not deadlock. Entries that give the same key are one row: they
	// are written one after the other, in one transaction, and a tombstone or Reset
	// undoes what came before it.
	//
	// Give keys as the column holds and compares them. If they are equal only for the
	// column (citext, char), PostgreSQL needs a statement per row, a tombstone is written
	// before the other entries, and processes may deadlock: then one of them tries again at
	// once. If a PostgreSQL column rounds them,
	// pbufsql's tombstones do not find them.
	Key []Column[K, V]
	// Columns are the other columns to write. Those that are named nowhere keep
	// what they hold, and get their defaults in new rows. Default: none.
	Columns []Column[K, V]

	// Version is the column for Entry.Version, an integer of 64 bits. A row gives
	// way only to a higher version, so deliveries may be repeated, and come from
	// several processes in any order. An entry of a plain Put has version 0 here as
	// everywhere. Default: none, the last write wins.
	Version string
	// Deleted is a boolean column that marks the row of a tombstone: the row stays,
	// with what the functions of Columns make of the tombstone (Deleted is set,
	// Value is the zero value). Default: none, a tombstone deletes the row if the
	// row's version is lower or NULL; then an older version that comes later, from
	// another process, inserts it again.
	Deleted string

	// Batches is a table for the identities of the batches that were written, in
	// the same Schema; it is written in the transaction of the rows, so that a batch
	// that is replayed, because the reply to its commit was lost, is not applied
	// twice. It needs Retry.Policy Replay (under any other, every delivery fails), and
	// is what Sum needs to be exact. See the package's BatchesTable for how to make
	// it. Rows of it that are older than the oldest running process may be deleted.
	// Default: none.
	Batches string
}

// Column is one column and where its values come from.
type Column[K comparable, V any] struct {
	// Name is the column's. It must be set.
	Name string
	// Value gives the column's value of an entry: what the driver takes for the
	// column's type, nil for NULL (not in a key). It must be set, is called on the
	// goroutine of the processor, in parallel for different partitions, and may be
	// called again for an entry. If it panics, the batch fails.
	Value func(entry pbuf.Entry[K, V]) any
	// Sum adds the value to what the row holds instead of replacing it, for buffers
	// that sum with Options.Merge. A row that is new or marked as deleted, and an
	// entry with Reset set, begin anew; NULL adds nothing. Not for key columns, and
	// not together with Version. Without Batches, a delivery that is repeated counts
	// twice.
	Sum bool
}
