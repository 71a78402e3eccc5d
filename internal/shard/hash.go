package shard

import (
	"hash/maphash"
	"math/bits"
	"reflect"
	"unsafe"

	"github.com/zeebo/xxh3"
)

// Seed makes hashes of buffers differ, so that nobody can aim keys at one partition.
type Seed struct {
	n uint64
	m maphash.Seed
}

// NewSeed returns a random seed.
func NewSeed() Seed {
	m := maphash.MakeSeed()
	return Seed{n: maphash.Comparable(m, 0), m: m}
}

// Hasher hashes keys of one type, by what its underlying type allows.
// Equal integers hash alike whatever their type's size, and so do equal
// strings and strings of a named type.
//
// As in Go maps, NaN hashes at random, and a key that is not hashable makes Hash panic.
type Hasher[K comparable] struct {
	kind  kind
	size  uintptr
	shift uint // of narrow signed integers: the bits that they lack
	seed  Seed
}

type kind uint8

const (
	kindOther kind = iota
	kindString
	kindBytes
	kindNarrow // integers of less than 64 bits
	kind64     // signed or not: they hash alike
)

// NewHasher returns the hasher of K.
func NewHasher[K comparable](seed Seed) Hasher[K] {
	t := reflect.TypeFor[K]()
	h := Hasher[K]{kind: kindOf(t), size: t.Size(), seed: seed}
	if h.kind == kindNarrow && t.Kind() <= reflect.Int64 {
		h.shift = 64 - 8*uint(h.size)
	}
	return h
}

func kindOf(t reflect.Type) kind {
	switch k := t.Kind(); {
	case k == reflect.String:
		return kindString
	case k == reflect.Array && t.Elem().Kind() == reflect.Uint8:
		return kindBytes
	case k < reflect.Int || k > reflect.Uintptr:
		return kindOther
	case t.Size() == 8:
		return kind64
	}
	return kindNarrow
}

// Hash returns the key's hash. It allocates nothing.
func (h *Hasher[K]) Hash(key K) uint64 {
	// A switch, not a func field, whose call could not be inlined into the write path.
	switch p := unsafe.Pointer(&key); h.kind {
	case kind64:
		return h.Hash64(key)
	case kindString:
		return xxh3.HashStringSeed(*(*string)(p), h.seed.n)
	case kindNarrow:
		return mix(h.widened(p), h.seed.n)
	case kindBytes:
		return xxh3.HashStringSeed(unsafe.String((*byte)(p), h.size), h.seed.n)
	default:
		return maphash.Comparable(h.seed.m, key)
	}
}

// Is64 reports whether keys are integers of 64 bits, for which there is Hash64.
func (h *Hasher[K]) Is64() bool { return h.kind == kind64 }

// Hash64 is Hash for such keys. Callers for whom a call is too much ask for it
// themselves: these two are inlined, and Hash is not.
func (h *Hasher[K]) Hash64(key K) uint64 {
	// mix by hand: the compiler does not inline what is not generic into instances
	// made in other packages.
	hi, lo := bits.Mul64(*(*uint64)(unsafe.Pointer(&key))^h.seed.n, mixFirst)
	hi, lo = bits.Mul64(lo^hi^h.seed.n, mixSecond)
	return hi ^ lo
}

// widened is the narrow integer at p in 64 bits.
func (h *Hasher[K]) widened(p unsafe.Pointer) (n uint64) {
	switch h.size {
	case 1:
		n = uint64(*(*uint8)(p))
	case 2:
		n = uint64(*(*uint16)(p))
	default:
		n = uint64(*(*uint32)(p))
	}
	return uint64(int64(n<<h.shift) >> h.shift)
}

// Index returns the hash function for the index, which adds a seed of its own.
func (h *Hasher[K]) Index() func(K, uint64) uint64 {
	return func(key K, seed uint64) uint64 { return mix(h.Hash(key), seed) }
}

// mix is the 128-bit product of the key and an odd constant, folded, twice: each bit
// of the result depends on each bit of the key. The idea is wyhash's (Wang Yi, 2019).
func mix(x, seed uint64) uint64 {
	hi, lo := bits.Mul64(x^seed, mixFirst)
	hi, lo = bits.Mul64(lo^hi^seed, mixSecond)
	return hi ^ lo
}

const (
	mixFirst  = 0x9E3779B97F4A7C15
	mixSecond = 0xD6E8FEB86659FD93
)
