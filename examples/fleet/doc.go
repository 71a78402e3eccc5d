// Command fleet kills its own processes until nobody can doubt the table.
//
// A producer appends changes of some thousand keys to a JetStream stream. Workers,
// each a process with a buffer of its own, bring them into one table. Meanwhile
// the workers are killed (SIGKILL) about every second and started again, one is
// stopped (SIGSTOP) for longer than AckWait so that two own its keys, the fleet is
// scaled from 2 to 4 to 3, and the broker is killed and restarted. In the end the table
// is compared with the stream, row by row: the latest value of each key, or with -sum
// the total of its numbers, each added once.
//
//	go run .            # half a minute, with SQLite
//	go run . -postgres  # a PostgreSQL of its own, killed and restarted too
//	go run . -sum
//	go run . -h         # all flags
//
// The exit status is 0 if every row is right, 1 if one differs or something failed, 2
// for bad flags.
package main
