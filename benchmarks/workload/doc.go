// Package workload makes the sequences of keys and operations that the
// benchmarks replay. Everything that costs time (drawing, formatting, reading
// a trace) happens before the clock starts: a running benchmark only slices.
package workload
