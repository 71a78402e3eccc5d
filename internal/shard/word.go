package shard

import (
	"math"
	"runtime"
	"time"
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

// A claim lasts for one copy of a value, a step of a growth for a group of them, but
// the holder may be off its processor: after some looks whoever waits yields its own,
// and then sleeps, lest those who wait only yield to each other. (Tried: yielding
// alone: filling from 8 goroutines on 2 processors took 1.6 times as long.)
const (
	spinsBeforeYield = 16
	spinsBeforeSleep = 72
)

// pause waits a little for another goroutine's step; spins counts the calls.
func pause(spins int) {
	if spins >= spinsBeforeSleep {
		time.Sleep(20 * time.Microsecond)
	} else if spins >= spinsBeforeYield {
		runtime.Gosched()
	}
}
