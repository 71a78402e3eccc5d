package shard

import (
	"fmt"
	"math"
	"math/bits"
	"testing"
)

func hashOf[K comparable](seed Seed, key K) uint64 {
	h := NewHasher[K](seed)
	return h.Hash(key)
}

func TestEqualIntegersHashAlike(t *testing.T) {
	type named int16
	seed := NewSeed()
	for _, n := range []int64{0, 1, 7, 100, 127} {
		want := hashOf(seed, n)
		for name, got := range map[string]uint64{
			"int": hashOf(seed, int(n)), "int8": hashOf(seed, int8(n)), "int16": hashOf(seed, int16(n)), "int32": hashOf(seed, int32(n)),
			"uint": hashOf(seed, uint(n)), "uint8": hashOf(seed, uint8(n)), "uint16": hashOf(seed, uint16(n)),
			"uint32": hashOf(seed, uint32(n)), "uint64": hashOf(seed, uint64(n)), "uintptr": hashOf(seed, uintptr(n)),
			"named": hashOf(seed, named(n)),
		} {
			if got != want {
				t.Errorf("%s(%d) hashes to %x, int64 to %x", name, n, got, want)
			}
		}
	}
	for _, n := range []int64{-1, -100, -128} {
		want := hashOf(seed, n)
		if hashOf(seed, int(n)) != want || hashOf(seed, int8(n)) != want || hashOf(seed, int16(n)) != want || hashOf(seed, int32(n)) != want || hashOf(seed, named(n)) != want {
			t.Errorf("%d hashes differently by the size of its type", n)
		}
	}
	for n, narrow := range map[uint64]uint64{
		200: hashOf(seed, uint8(200)), 40_000: hashOf(seed, uint16(40_000)), 3_000_000_000: hashOf(seed, uint32(3_000_000_000)),
	} {
		if hashOf(seed, n) != narrow {
			t.Errorf("%d, with the high bit of a narrow type, hashes differently as uint64", n)
		}
	}
}

func TestEqualStringsHashAlike(t *testing.T) {
	type name string
	seed := NewSeed()
	for _, s := range []string{"", "a", "sixteen bytes!!!", string(make([]byte, 1000))} {
		if hashOf(seed, s) != hashOf(seed, name(s)) {
			t.Errorf("%q hashes differently as a named string", s)
		}
	}
	if hashOf(seed, [3]byte{'a', 'b', 'c'}) == hashOf(seed, [3]byte{'a', 'b', 'd'}) {
		t.Error("byte arrays that differ hash alike")
	}
	type id [4]uint8
	if hashOf(seed, [4]byte{1, 2, 3, 4}) != hashOf(seed, id{1, 2, 3, 4}) {
		t.Error("byte arrays hash by the name of their type")
	}
}

func TestHashesOfOtherKinds(t *testing.T) {
	seed := NewSeed()
	if hashOf(seed, 0.0) != hashOf(seed, math.Copysign(0, -1)) {
		t.Error("0 and -0 are equal, but hash differently")
	}
	nan := map[uint64]bool{}
	for range 100 {
		nan[hashOf(seed, math.NaN())] = true
	}
	if len(nan) < 90 {
		t.Errorf("100 NaNs have %d hashes, want about 100", len(nan))
	}
	type point struct{ x, y int }
	if again := hashOf(seed, point{1, 2}); again != hashOf(seed, point{1, 2}) || hashOf(seed, point{1, 2}) == hashOf(seed, point{2, 1}) {
		t.Error("structs do not hash by their fields")
	}
	if again := hashOf[any](seed, 1); again != hashOf[any](seed, 1) || hashOf[any](seed, 1) == hashOf[any](seed, int8(1)) {
		t.Error("interfaces do not hash by dynamic type and value")
	}
	if again := hashOf(seed, [0]byte{}); again != hashOf(seed, [0]byte{}) {
		t.Error("empty arrays hash differently")
	}
}

// Seeds differ, so that nobody can aim keys at one partition.
func TestSeeds(t *testing.T) {
	ints, strs := map[uint64]bool{}, map[uint64]bool{}
	for range 100 {
		seed := NewSeed()
		ints[hashOf(seed, 42)] = true
		strs[hashOf(seed, "42")] = true
	}
	if len(ints) != 100 || len(strs) != 100 {
		t.Errorf("100 seeds make %d hashes of an int, %d of a string", len(ints), len(strs))
	}
}

// The index hashes with a seed of its own, and equal keys alike.
func TestIndexHashes(t *testing.T) {
	t.Run("int", indexHashes(1, 2))
	t.Run("int32", indexHashes[int32](-1, 2))
	t.Run("uint64", indexHashes[uint64](1, math.MaxUint64))
	t.Run("string", indexHashes("a", "b"))
	t.Run("interface", indexHashes[any](nil, (*int)(nil)))
	t.Run("float64", indexHashes(1.5, -1.5))
	t.Run("struct", indexHashes(struct{ a, b int }{1, 2}, struct{ a, b int }{2, 1}))
	t.Run("byte array", indexHashes([2]byte{1}, [2]byte{2}))
}

func indexHashes[K comparable](a, b K) func(*testing.T) {
	return func(t *testing.T) {
		h := NewHasher[K](NewSeed())
		index := h.Index()
		if again := index(a, 1); again != index(a, 1) || index(a, 1) == index(b, 1) || index(a, 1) == index(a, 2) {
			t.Errorf("hashes of %v: %x, %x with another seed; of %v: %x", a, index(a, 1), index(a, 2), b, index(b, 1))
		}
	}
}

// Each bit of a key changes about half of the hash, and so its high bits, which
// choose the partition, as well as its low ones, which choose the bucket.
func TestMixAvalanche(t *testing.T) {
	seed := NewSeed()
	for bit := range 64 {
		var flips [64]int
		const samples = 500
		for i := range samples {
			x := uint64(i) * 0xD1342543DE82EF95
			d := hashOf(seed, x) ^ hashOf(seed, x^1<<bit)
			for ; d != 0; d &= d - 1 {
				flips[bits.TrailingZeros64(d)]++
			}
		}
		for out, n := range flips {
			// Half of 500, standard deviation 11.
			if n < samples/2-120 || n > samples/2+120 {
				t.Errorf("input bit %d changes output bit %d in %d of %d", bit, out, n, samples)
			}
		}
	}
}

// Patterned keys spread over any number of partitions.
func TestHashesSpread(t *testing.T) {
	patterns := map[string]func(int) int64{
		"counting": func(i int) int64 { return int64(i) }, "even": func(i int) int64 { return int64(i) * 2 },
		"pages": func(i int) int64 { return int64(i) << 12 }, "high": func(i int) int64 { return int64(i) << 44 },
		"negative": func(i int) int64 { return -int64(i) }, "times": func(i int) int64 { return 1_700_000_000_000_000_000 + int64(i)*1_000_000 },
	}
	seed := NewSeed()
	for name, key := range patterns {
		for _, partitions := range []uint64{2, 3, 7, 16, 64} {
			count := make([]int, partitions)
			n := 2000 * int(partitions)
			for i := range n {
				p, _ := bits.Mul64(hashOf(seed, key(i)), partitions)
				count[p]++
			}
			for p, got := range count {
				// 2000 expected, standard deviation 45.
				if got < 1600 || got > 2400 {
					t.Errorf("%s keys: partition %d of %d has %d of %d", name, p, partitions, got, n)
				}
			}
		}
	}
}

func TestHashAllocatesNothing(t *testing.T) {
	type point struct {
		x int
		s string
	}
	seed := NewSeed()
	for name, allocs := range map[string]float64{
		"int": allocsOf(seed, 123_456), "int8": allocsOf[int8](seed, 1), "uint16": allocsOf[uint16](seed, 1), "string": allocsOf(seed, fmt.Sprint("a", 1)),
		"struct": allocsOf(seed, point{1, "a"}), "byte array": allocsOf(seed, [32]byte{1}), "float64": allocsOf(seed, 1.5),
		"any of int": allocsOf[any](seed, 123_456), "any of struct": allocsOf[any](seed, point{1, "a"}),
	} {
		if allocs != 0 {
			t.Errorf("hash of %s: %v allocations", name, allocs)
		}
	}
}

func allocsOf[K comparable](seed Seed, key K) float64 {
	h := NewHasher[K](seed)
	var sum uint64
	allocs := testing.AllocsPerRun(100, func() { sum += h.Hash(key) })
	if sum == 1 {
		return -1 // the sum is used
	}
	return allocs
}
