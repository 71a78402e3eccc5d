package shard

import (
	"hash/maphash"
	"math/bits"
	"reflect"
	"unsafe"

	"github.com/zeebo/xxh3"
)

// Seed makes hashes of one buffer differ from those of another, so that nobody
// can aim keys at one partition.
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
// Keys that are not equal to themselves (NaN) hash at random, as in Go maps.
// Hash panics on a key whose dynamic type is not hashable, as Go maps do.
type Hasher[K comparable] struct {
	kind kind
	size uintptr
	seed Seed
}

type kind uint8

const (
	kindOther kind = iota
	kindInterface
	kindString
	kindBytes
	kindInt8
	kindInt16
	kindInt32
	kindUint8
	kindUint16
	kindUint32
	kind64 // signed or not: they hash alike
)

// NewHasher returns the hasher of K.
func NewHasher[K comparable](seed Seed) Hasher[K] {
	t := reflect.TypeFor[K]()
	return Hasher[K]{kind: kindOf(t), size: t.Size(), seed: seed}
}

func kindOf(t reflect.Type) kind {
	switch t.Kind() {
	case reflect.String:
		return kindString
	case reflect.Interface:
		return kindInterface
	case reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return kindBytes
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return [...]kind{1: kindInt8, 2: kindInt16, 4: kindInt32, 8: kind64}[t.Size()]
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return [...]kind{1: kindUint8, 2: kindUint16, 4: kindUint32, 8: kind64}[t.Size()]
	}
	return kindOther
}

// Hash returns the key's hash. It allocates nothing.
func (h *Hasher[K]) Hash(key K) uint64 {
	// A switch that the processor predicts, not a func field: the call could not
	// be inlined into the write path.
	switch p := unsafe.Pointer(&key); h.kind {
	case kind64:
		return h.Hash64(key)
	case kindString:
		return xxh3.HashStringSeed(*(*string)(p), h.seed.n)
	case kindInt32:
		return mix(uint64(*(*int32)(p)), h.seed.n)
	case kindUint32:
		return mix(uint64(*(*uint32)(p)), h.seed.n)
	case kindBytes:
		return xxh3.HashStringSeed(unsafe.String((*byte)(p), h.size), h.seed.n)
	default:
		return h.rest(key)
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

func (h *Hasher[K]) rest(key K) uint64 {
	switch p := unsafe.Pointer(&key); h.kind {
	case kindInt8:
		return mix(uint64(*(*int8)(p)), h.seed.n)
	case kindInt16:
		return mix(uint64(*(*int16)(p)), h.seed.n)
	case kindUint8:
		return mix(uint64(*(*uint8)(p)), h.seed.n)
	case kindUint16:
		return mix(uint64(*(*uint16)(p)), h.seed.n)
	default:
		return maphash.Comparable(h.seed.m, key)
	}
}

// Index returns the hash function for the index of K's generations, or nil
// where the index's own is the one to use. The index adds its own seed.
func (h *Hasher[K]) Index() func(K, uint64) uint64 {
	switch h.kind {
	case kind64:
		return func(key K, seed uint64) uint64 { return mix(*(*uint64)(unsafe.Pointer(&key)), seed) }
	case kindInt32, kindUint32:
		return func(key K, seed uint64) uint64 { return mix(uint64(*(*uint32)(unsafe.Pointer(&key))), seed) }
	case kindString:
		return func(key K, seed uint64) uint64 {
			return xxh3.HashStringSeed(*(*string)(unsafe.Pointer(&key)), seed)
		}
	case kindInterface:
		// The index's own hash takes an interface's data word for a pointer to the
		// key, which it is not for a dynamic type that is a pointer, or for nil.
		m := h.seed.m
		return func(key K, seed uint64) uint64 { return mix(maphash.Comparable(m, key), seed) }
	}
	return nil
}

// mix is the 128-bit product of the key and an odd constant, folded: each bit
// of the result depends on each bit of the key, at the price of one multiply.
// The idea is wyhash's (Wang Yi, 2019).
func mix(x, seed uint64) uint64 {
	hi, lo := bits.Mul64(x^seed, mixFirst)
	hi, lo = bits.Mul64(lo^hi^seed, mixSecond)
	return hi ^ lo
}

const (
	mixFirst  = 0x9E3779B97F4A7C15
	mixSecond = 0xD6E8FEB86659FD93
)
