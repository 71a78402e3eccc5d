package shard

import (
	"math"
	"slices"
	"testing"
)

func TestWordsKeepTheOrderOfVersions(t *testing.T) {
	versions := []int64{MinVersion, MinVersion + 1, -1 << 40, -1, 0, 1, 1 << 40, math.MaxInt64 - 1, math.MaxInt64}
	var words []uint64
	for _, v := range versions {
		w := wordOf(v)
		if versionOf(w) != v {
			t.Errorf("version %d comes back as %d", v, versionOf(w))
		}
		if !isLive(w) {
			t.Errorf("the word of version %d is a mark", v)
		}
		words = append(words, w)
	}
	if !slices.IsSorted(words) {
		t.Errorf("words out of order: %x", words)
	}
}

func TestMarksAreBelowEveryVersion(t *testing.T) {
	for _, mark := range []uint64{busy, dead, void} {
		if isLive(mark) {
			t.Errorf("mark %d counts as live", mark)
		}
		if mark >= wordOf(MinVersion) {
			t.Errorf("mark %d is not below the lowest version", mark)
		}
	}
	if wordOf(MinVersion) != void+1 {
		t.Errorf("the lowest version is word %d, want the one after the marks", wordOf(MinVersion))
	}
	if new(Slot[int, int]).word.Load() != busy {
		t.Error("a slot is not born busy")
	}
}
