package epoch

import (
	"math"
	"math/bits"
	"sync/atomic"
	"unsafe"
)

// closed is the mark in a stripe's count. It is the sign bit, so that a closed
// stripe is a negative one however many failed Enters have added to it: they
// would need 2^63 adds to reach the sign.
const closed = math.MinInt64

// stripe is one padded part of a gate's count.
type stripe struct {
	n atomic.Int64
	_ [lineSize - 8]byte
}

// maxStripes bounds what one gate costs: a generation owns a gate, and short
// intervals make many generations.
const maxStripes = 64

// stripesFor returns how many stripes serve procs processors: twice as many,
// rounded up to a power of two, since goroutines are hashed to stripes and two
// running ones should rarely meet.
func stripesFor(procs int) int {
	n := 1 << bits.Len(uint(max(procs, 1)*2-1))
	return min(n, maxStripes)
}

// own picks the caller's stripe out of 2^(64-shift): goroutines have stacks of
// their own, at least 2 KiB apart, so the address of a local spreads them. It
// is a hint for speed alone. Stacks move, so two calls by one goroutine may
// differ: Leave must be given what Enter returned.
//
// Tried: the P's number by a linkname to procPin, 6.8 ns a pair against 6.4,
// and it rests on a runtime internal.
func own(shift uint8) uint32 {
	var here byte
	const fibonacci = 0x9E3779B97F4A7C15 // 2^64 / golden ratio: spreads the page bits to the top
	return uint32(uint64(uintptr(unsafe.Pointer(&here))>>11) * fibonacci >> shift)
}
