// Command report runs the benchmarks that decide how pbuf stands against its
// rivals and writes what came out.
//
//	go run ./report -blocks oltp.gz  # runs all, writes ../results/<date>-<cpu>.md
//	go run ./report -tables          # runs the targets only, prints a benchstat table per rival
//	go run ./report -from x.txt.gz   # writes the report of figures that were recorded before
//
// It runs in rounds: each round runs every benchmark once, and starts each
// comparison with another contender. Contenders so meet the same disturbances,
// and the ratio of each round stands by itself.
//
// Beside the report it writes its plots and <date>-<cpu>.txt.gz, all that the
// benchmarks printed, with the commit and the machine at its head; then it
// removes the older reports of the same processor from the folder.
package main
