package pbuf

import (
	"math"
	"math/rand/v2"
	"time"
)

// Durations come from the user and may be anything up to the largest: sums and
// products of them stop there instead of turning negative.

const maxDuration = time.Duration(math.MaxInt64)

// saturatingAdd returns a + b, or the largest duration; neither may be negative.
func saturatingAdd(a, b time.Duration) time.Duration {
	if a > maxDuration-b {
		return maxDuration
	}
	return a + b
}

// doubled returns d doubled that many times, at most limit.
func doubled(d time.Duration, times int, limit time.Duration) time.Duration {
	// Shifted to the right, the limit cannot overflow; 62 is beyond every duration.
	if times = min(times, 62); d > limit>>times {
		return limit
	}
	return d << times
}

// jittered returns a random duration within half of d around it, at most limit.
func jittered(d, limit time.Duration) time.Duration {
	if d < 2 {
		return d
	}
	return min(saturatingAdd(d/2, rand.N(d)), limit)
}
