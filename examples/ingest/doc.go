// Ingest replays a week of real earthquakes into a database through a
// [github.com/partitioned-buffer/go/pbuf] map, the way a poller of the live
// feed would write them.
//
// The feed answers each poll with every event of the last day, so the same
// event arrives thousands of times, now and then with a newer stamp. Several
// pollers, each with a copy of the feed that is older than the previous one's,
// call [pbuf.Map.PutNewer] for every event of every answer, with the stamp as
// the version. The buffer keeps the newest version of each event and hands
// batches of them to the database, which compares versions once more: the
// processors are pbufsql and pbufpgx, the log is pbufslog, the page is pbufhttp.
//
// At the end every row is compared with the data.
//
// Usage:
//
//	go run . [flags]                                 # SQLite, in a new temporary folder
//	go run . -dsn postgres://user:secret@host/base   # PostgreSQL
//	go run . -in other.csv -speed 0                  # another file, as fast as it goes
//	go run . -http localhost:8080 -speed 5000        # two minutes, and a page that shows them
//	go run . -h                                      # all flags
//
// The exit status is 0 when every row is right, also after Ctrl-C; 1 when a
// row differs or something failed; 2 for bad flags.
//
// Where to read on: pipeline.go is the part that uses pbuf; sink.go says what
// becomes of an event in the table; verify.go checks the table.
package main
