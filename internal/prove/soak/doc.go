// Package soak keeps a buffer busy for as long as it is told: 16 goroutines,
// flushes every millisecond, a processor and hooks that fail in every way. What
// must come out: a balanced ledger, memory and goroutines that don't grow, and
// a rate.
//
//	PBUF_SOAK=10m go test -run Soak -timeout 0 -v ./soak
package soak
