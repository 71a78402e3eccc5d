// Command report runs the benchmarks that decide how pbuf stands against its
// rivals and writes what came out.
//
//	go run ./report          # runs all, writes ../results/<date>-<cpu>.md and its plots
//	go run ./report -tables  # runs the targets only, prints a benchstat table per rival
//	go run ./report -from x  # writes the report of figures that were recorded before
//
// It runs in rounds: each round runs every benchmark once, and starts each
// comparison with another contender. Contenders so meet the same disturbances,
// and the ratio of each round stands by itself.
package main
