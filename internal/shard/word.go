package shard

import (
	"math"
	"runtime"
)

// A word is a version with its sign bit flipped, so that versions keep their
// order as unsigned numbers and the three lowest values are free for marks. The
// flip is what makes a zeroed slot busy: whoever takes its place has claimed it.
const (
	busy uint64 = 0 // claimed, or not born yet: nobody but its holder may look at the slot, not even at its key
	dead uint64 = 1 // the key counts as absent
	void uint64 = 2 // nothing will ever be here: the table that is current decides

	signBit = 1 << 63
)

// MinVersion is the lowest version that a word can hold.
const MinVersion = math.MinInt64 + int64(void) + 1

func wordOf(version int64) uint64 { return uint64(version) ^ signBit }
func versionOf(word uint64) int64 { return int64(word ^ signBit) }
func isLive(word uint64) bool     { return word > void }

// spinsBeforeYield is how often a claimed word is looked at again before the processor is
// yielded: its holder may have lost its own. (Rejected: sleeping. In a synctest bubble time
// stands still while somebody waits for a mutex that the sleeper holds.)
const spinsBeforeYield = 16

// pause waits a little for another goroutine; spins counts the calls.
func pause(spins int) {
	if spins >= spinsBeforeYield {
		runtime.Gosched()
	}
}
