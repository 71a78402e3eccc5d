package workload

import (
	"encoding/binary"
	"fmt"
)

// Keys turns key numbers into keys of some type.
type Keys[K comparable] func(numbers []uint64) []K

// Ints are the numbers themselves, as database ids are.
func Ints(numbers []uint64) []int {
	keys := make([]int, len(numbers))
	for i, n := range numbers {
		keys[i] = int(n)
	}
	return keys
}

// Strings returns a maker of keys of size bytes (16 or more). The keys of one
// call lie one after the other in memory, as keys that were just parsed do,
// and share no bytes with those of another call: a lookup has to compare.
func Strings(size int) Keys[string] {
	return func(numbers []uint64) []string {
		buf := make([]byte, 0, size*len(numbers))
		for _, n := range numbers {
			buf = fmt.Appendf(buf, "%0*x", size, n)
		}
		all := string(buf)
		keys := make([]string, len(numbers))
		for i := range keys {
			keys[i] = all[i*size : (i+1)*size]
		}
		return keys
	}
}

// Key16 is a key of 16 bytes: a tenant and an id, say.
type Key16 struct{ Tenant, ID uint64 }

// Key64 is a key of 64 bytes with the numbers at its end.
type Key64 struct {
	Path [48]byte
	Key16
}

// Structs16 makes keys of 16 bytes, of 256 tenants.
func Structs16(numbers []uint64) []Key16 {
	keys := make([]Key16, len(numbers))
	for i, n := range numbers {
		keys[i] = Key16{Tenant: n % 256, ID: n}
	}
	return keys
}

// Structs64 makes keys of 64 bytes, of 256 tenants.
func Structs64(numbers []uint64) []Key64 {
	keys := make([]Key64, len(numbers))
	for i, n := range numbers {
		keys[i].Key16 = Key16{Tenant: n % 256, ID: n}
		binary.BigEndian.PutUint64(keys[i].Path[40:], n/7)
	}
	return keys
}
