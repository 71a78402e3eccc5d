package pbuf

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func TestSaturatingAdd(t *testing.T) {
	for _, test := range []struct{ a, b, want time.Duration }{
		{0, 0, 0},
		{1, 2, 3},
		{maxDuration - 2, 2, maxDuration},
		{maxDuration - 2, 3, maxDuration},
		{stuckGrace, maxDuration, maxDuration},
		{maxDuration, maxDuration, maxDuration},
	} {
		if got := saturatingAdd(test.a, test.b); got != test.want {
			t.Errorf("saturatingAdd(%d, %d) = %d, want %d", test.a, test.b, got, test.want)
		}
	}
}

func TestDoubled(t *testing.T) {
	const hour = time.Hour
	for _, test := range []struct {
		d     time.Duration
		times int
		limit time.Duration
		want  time.Duration
	}{
		{1, 0, hour, 1},
		{1, 10, hour, 1024},
		{3, 61, maxDuration, 3 << 61},
		{3, 62, maxDuration, maxDuration},
		{1, 62, maxDuration, 1 << 62},
		{1, 63, maxDuration, 1 << 62}, // as far as it goes
		{1, math.MaxInt, hour, hour},
		{maxDuration, 0, maxDuration, maxDuration},
		{maxDuration, 1, maxDuration, maxDuration},
		{hour, 0, hour, hour},
		{hour / 2, 1, hour, hour},
		{hour/2 + 1, 1, hour, hour},
		{2 * hour, 0, hour, hour},
	} {
		if got := doubled(test.d, test.times, test.limit); got != test.want {
			t.Errorf("doubled(%d, %d, %d) = %d, want %d", test.d, test.times, test.limit, got, test.want)
		}
	}
}

func TestJittered(t *testing.T) {
	for _, d := range []time.Duration{0, 1, 2, 3, time.Second, maxDuration - 1, maxDuration} {
		least, most := maxDuration, time.Duration(0)
		for range 1000 {
			got := jittered(d, rand.Float64(), maxDuration)
			least, most = min(least, got), max(most, got)
		}
		if least < d/2 || most-d > d/2 {
			t.Errorf("jittered(%d) is from %d to %d, want within half around it", d, least, most)
		}
		if d >= time.Second && (least > d/2+d/8 || d < maxDuration/2 && most < d+d/4) {
			t.Errorf("jittered(%d) is from %d to %d, want all of the range", d, least, most)
		}
	}
	if got := jittered(time.Hour, rand.Float64(), time.Minute); got > time.Minute {
		t.Errorf("jittered goes beyond its limit: %v", got)
	}
}

// The hint is what a reader of the option takes the bare number for.
func TestHintOfShortDurations(t *testing.T) {
	const least = ", must be at least 100µs"
	for _, test := range []struct {
		d, plausible time.Duration
		want         string
	}{
		{5, time.Millisecond, "5ns" + least + ": did you mean 5 * time.Millisecond or 5 * time.Second?"},
		{5000, time.Millisecond, "5µs" + least + ": did you mean 5000 * time.Millisecond?"},
		{99_999, time.Millisecond, "99.999µs" + least + ": did you mean 99999 * time.Millisecond?"},
		{1, 100 * time.Millisecond, "1ns" + least + ": did you mean 1 * time.Second?"},
		{30, 100 * time.Millisecond, "30ns" + least + ": did you mean 30 * time.Second?"},
		{30_000, 100 * time.Millisecond, "30µs" + least + ": did you mean 30000 * time.Millisecond?"},
		{0, time.Millisecond, "0s" + least},
		{-5, time.Millisecond, "-5ns" + least},
		{math.MinInt64 + 1, time.Millisecond, "-2562047h47m16.854775807s" + least},
	} {
		err := checkDuration("D", test.d, test.plausible)
		if !errors.Is(err, ErrOptions) || err.Error() != "pbuf: invalid option: D is "+test.want {
			t.Errorf("%d: %v, want that D is %s", test.d, err, test.want)
		}
	}
	if err := checkDuration("D", leastDuration, time.Hour); err != nil {
		t.Errorf("the least duration: %v", err)
	}
}
