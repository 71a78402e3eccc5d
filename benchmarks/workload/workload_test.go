package workload

import (
	"bytes"
	"compress/gzip"
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestScatterIsAPermutation(t *testing.T) {
	for _, space := range []int{1, 1000, 100_000} {
		seen := make([]bool, space)
		for n := range space {
			to := Scatter(uint64(n), space)
			if seen[to] {
				t.Fatalf("space %d: two numbers become %d", space, to)
			}
			seen[to] = true
		}
	}
}

func TestKeysDifferByNumberOnly(t *testing.T) {
	numbers := []uint64{0, 1, 99_999, 10_000_000}
	distinct(t, "ints", Ints(numbers))
	distinct(t, "structs of 16 bytes", Structs16(numbers))
	distinct(t, "structs of 64 bytes", Structs64(numbers))
	for _, size := range []int{16, 64} {
		keys := Strings(size)(numbers)
		distinct(t, "strings", keys)
		if !slices.Equal(keys, Strings(size)(numbers)) {
			t.Error("the same numbers gave other strings")
		}
		for _, k := range keys {
			if len(k) != size {
				t.Errorf("a key of %d bytes, want %d", len(k), size)
			}
		}
	}
}

func distinct[K comparable](t *testing.T, what string, keys []K) {
	t.Helper()
	seen := map[K]bool{}
	for _, k := range keys {
		if seen[k] {
			t.Errorf("%s: %v twice", what, k)
		}
		seen[k] = true
	}
}

func TestDrawnStreamsRepeatAndStayInTheSpace(t *testing.T) {
	const space = 1000
	l := Drawn("", space, Ints, func(seed uint64) Draw { return Zipf(space, seed) }, Mixed)
	filled := map[int]bool{}
	for _, k := range l.Prefill() {
		filled[k] = true
	}
	if len(filled) != space {
		t.Fatalf("%d keys before the start, want %d", len(filled), space)
	}
	a, b := l.Stream(0), l.Stream(0)
	count := map[Kind]int{}
	for taken := 0; taken < 2*Length; {
		keys, kinds := a.Next(Chunk)
		same, _ := b.Next(Chunk)
		if !slices.Equal(keys, same) {
			t.Fatal("two streams of one worker differ")
		}
		for i, k := range keys {
			if !filled[k] {
				t.Fatalf("key %d is outside the space", k)
			}
			count[kinds[i]]++
		}
		taken += len(keys)
	}
	for kind, want := range map[Kind]float64{Put: 0.80, Get: 0.15, Delete: 0.05} {
		if got := float64(count[kind]) / (2 * Length); got < want-0.01 || got > want+0.01 {
			t.Errorf("kind %d is %.3f of the stream, want about %.2f", kind, got, want)
		}
	}
}

func TestTwiceWithPairsDeletesWhatItThenPuts(t *testing.T) {
	d, p := Twice(Uniform(1000, 1)), Pairs()
	for i := range 100 {
		first, second := d(), d()
		if first != second || p(2*i) != Delete || p(2*i+1) != Put {
			t.Fatalf("pair %d: %d and %d", i, first, second)
		}
	}
}

func TestUniqueNeverRepeatsAcrossWorkers(t *testing.T) {
	l := Unique()
	streams := []*Stream[int]{l.Stream(0), l.Stream(1), l.Stream(0)}
	seen := map[int]bool{}
	for i := range 300 {
		keys, _ := streams[i%3].Next(100)
		for _, k := range keys {
			if seen[k] {
				t.Fatalf("key %d twice", k)
			}
			seen[k] = true
		}
	}
}

func TestReplaySharesOneSequence(t *testing.T) {
	all := make([]int, 1000)
	for i := range all {
		all[i] = i
	}
	l := Replay("", all)
	a, b := l.Stream(0), l.Stream(1)
	seen := map[int]int{}
	for range 5 {
		for _, s := range []*Stream[int]{a, b} {
			keys, _ := s.Next(100)
			for _, k := range keys {
				seen[k]++
			}
		}
	}
	if len(seen) != len(all) {
		t.Errorf("%d keys of a thousand after a thousand operations", len(seen))
	}
}

func TestParseTrace(t *testing.T) {
	const text = "7 2 0 0\n1 1 0 1\n7 1 0 2\n"
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write([]byte(text))
	z.Close()
	for name, in := range map[string]string{"plain": text, "gzip": packed.String()} {
		got, err := parseTrace(strings.NewReader(in))
		if want := []int{7, 8, 1, 7}; err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v, want %v", name, got, err, want)
		}
	}
	for _, bad := range []string{"", "x 1\n", "1\n", "1 -1\n", "1 9999999\n"} {
		if got, err := parseTrace(strings.NewReader(bad)); !errors.Is(err, ErrTrace) {
			t.Errorf("trace %q gave %v, %v, want ErrTrace", bad, got, err)
		}
	}
}

func TestFillingPutsEveryKeyOnce(t *testing.T) {
	const n = 10_007 // no multiple of a chunk
	l := Filling(n)
	streams := []*Stream[int]{l.Stream(0), l.Stream(1)}
	for round := range 2 {
		seen := map[int]int{}
		for taken := 0; taken < n; {
			keys, kinds := streams[taken/Chunk%2].Next(min(Chunk, n-taken))
			for i, k := range keys {
				seen[k]++
				if kinds[i] != Put {
					t.Fatalf("kind %d, want Put", kinds[i])
				}
			}
			taken += len(keys)
		}
		if len(seen) != n {
			t.Errorf("round %d: %d keys of %d", round, len(seen), n)
		}
	}
}

func TestPrefillIsMadeOnce(t *testing.T) {
	l := IntKeys("", UniformOver(Space), Each(Put))
	if a, b := l.Prefill(), l.Prefill(); &a[0] != &b[0] {
		t.Error("the keys are made again, which leaves garbage in the middle of a benchmark")
	}
}
