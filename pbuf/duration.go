package pbuf

import (
	"fmt"
	"math"
	"strings"
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

// jittered returns a duration within half of d around it, at most limit. jitter says
// which, from 0 to below 1.
func jittered(d time.Duration, jitter float64, limit time.Duration) time.Duration {
	return min(saturatingAdd(d/2, time.Duration(jitter*float64(d))), limit)
}

// leastDuration is the least value of a duration in Options. Below it, one is more
// likely a number whose unit was forgotten, and so nanoseconds, than meant.
const leastDuration = 100 * time.Microsecond

// checkDuration refuses a duration that is too short, and says what was probably
// meant: the number in milliseconds or seconds, where that is from plausible, which
// depends on the option, to an hour.
func checkDuration(option string, d, plausible time.Duration) error {
	if d >= leastDuration {
		return nil
	}
	var meant []string
	for _, unit := range []struct {
		name   string
		length time.Duration
	}{{"Millisecond", time.Millisecond}, {"Second", time.Second}} {
		if m := d * unit.length; d > 0 && m >= plausible && m <= time.Hour {
			meant = append(meant, fmt.Sprintf("%d * time.%s", int64(d), unit.name))
		}
	}
	hint := ""
	if len(meant) > 0 {
		hint = fmt.Sprintf(": did you mean %s?", strings.Join(meant, " or "))
	}
	return fmt.Errorf("%w: %s is %v, must be at least %v%s", ErrOptions, option, d, leastDuration, hint)
}
