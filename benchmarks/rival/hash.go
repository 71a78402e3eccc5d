package rival

import (
	"hash/maphash"
	"math/bits"
)

// Integer is a key whose hash is one multiplication.
type Integer interface {
	~int | ~int32 | ~int64 | ~uint | ~uint32 | ~uint64
}

// fib spreads integers over the high bits, which then choose a shard.
const fib = 0x9E3779B97F4A7C15

// HashInt is that multiplication as a function.
func HashInt[K Integer](key K) uint64 { return uint64(key) * fib }

// HashString is the standard library's seeded hash of strings.
func HashString() func(string) uint64 {
	seed := maphash.MakeSeed()
	return func(key string) uint64 { return maphash.String(seed, key) }
}

// HashAny is the standard library's seeded hash of anything comparable.
func HashAny[K comparable]() func(K) uint64 {
	seed := maphash.MakeSeed()
	return func(key K) uint64 { return maphash.Comparable(seed, key) }
}

// shift is how far to shift a hash so that n shards (a power of two) remain.
func shift(n int) uint { return uint(64 - bits.TrailingZeros(uint(n))) }
