package points

import "sync/atomic"

// Int64 is atomic.Int64 with a point before each operation.
type Int64 struct{ v atomic.Int64 }

// Load is a point and then atomic.Int64's; so for the methods below.
func (x *Int64) Load() int64 { step(false); return x.v.Load() }

// Store stores.
func (x *Int64) Store(n int64) { step(true); x.v.Store(n) }

// Swap swaps.
func (x *Int64) Swap(n int64) int64 { step(true); return x.v.Swap(n) }

// Add adds.
func (x *Int64) Add(n int64) int64 { step(true); return x.v.Add(n) }

// Or sets bits and returns the old value.
func (x *Int64) Or(n int64) int64 { step(true); return x.v.Or(n) }

// And clears bits and returns the old value.
func (x *Int64) And(n int64) int64 { step(true); return x.v.And(n) }

// CompareAndSwap compares and swaps.
func (x *Int64) CompareAndSwap(from, to int64) bool { step(true); return x.v.CompareAndSwap(from, to) }

// Uint64 is atomic.Uint64 with a point before each operation.
type Uint64 struct{ v atomic.Uint64 }

// Load is a point and then atomic.Uint64's; so for the methods below.
func (x *Uint64) Load() uint64 { step(false); return x.v.Load() }

// Store stores.
func (x *Uint64) Store(n uint64) { step(true); x.v.Store(n) }

// Swap swaps.
func (x *Uint64) Swap(n uint64) uint64 { step(true); return x.v.Swap(n) }

// Add adds.
func (x *Uint64) Add(n uint64) uint64 { step(true); return x.v.Add(n) }

// Or sets bits and returns the old value.
func (x *Uint64) Or(n uint64) uint64 { step(true); return x.v.Or(n) }

// And clears bits and returns the old value.
func (x *Uint64) And(n uint64) uint64 { step(true); return x.v.And(n) }

// CompareAndSwap compares and swaps.
func (x *Uint64) CompareAndSwap(from, to uint64) bool {
	step(true)
	return x.v.CompareAndSwap(from, to)
}

// Uint32 is atomic.Uint32 with a point before each operation.
type Uint32 struct{ v atomic.Uint32 }

// Load is a point and then atomic.Uint32's; so for the methods below.
func (x *Uint32) Load() uint32 { step(false); return x.v.Load() }

// Store stores.
func (x *Uint32) Store(n uint32) { step(true); x.v.Store(n) }

// Add adds.
func (x *Uint32) Add(n uint32) uint32 { step(true); return x.v.Add(n) }

// CompareAndSwap compares and swaps.
func (x *Uint32) CompareAndSwap(from, to uint32) bool {
	step(true)
	return x.v.CompareAndSwap(from, to)
}

// Int32 is atomic.Int32 with a point before each operation.
type Int32 struct{ v atomic.Int32 }

// Load is a point and then atomic.Int32's; so for the methods below.
func (x *Int32) Load() int32 { step(false); return x.v.Load() }

// Store stores.
func (x *Int32) Store(n int32) { step(true); x.v.Store(n) }

// Add adds.
func (x *Int32) Add(n int32) int32 { step(true); return x.v.Add(n) }

// CompareAndSwap compares and swaps.
func (x *Int32) CompareAndSwap(from, to int32) bool { step(true); return x.v.CompareAndSwap(from, to) }

// Bool is atomic.Bool with a point before each operation.
type Bool struct{ v atomic.Bool }

// Load is a point and then atomic.Bool's; so for the methods below.
func (x *Bool) Load() bool { step(false); return x.v.Load() }

// Store stores.
func (x *Bool) Store(b bool) { step(true); x.v.Store(b) }

// Swap swaps.
func (x *Bool) Swap(b bool) bool { step(true); return x.v.Swap(b) }

// CompareAndSwap compares and swaps.
func (x *Bool) CompareAndSwap(from, to bool) bool { step(true); return x.v.CompareAndSwap(from, to) }

// Pointer is atomic.Pointer with a point before each operation.
type Pointer[T any] struct{ v atomic.Pointer[T] }

// Load is a point and then atomic.Pointer's; so for the methods below.
func (x *Pointer[T]) Load() *T { step(false); return x.v.Load() }

// Store stores.
func (x *Pointer[T]) Store(p *T) { step(true); x.v.Store(p) }

// Swap swaps.
func (x *Pointer[T]) Swap(p *T) *T { step(true); return x.v.Swap(p) }

// CompareAndSwap compares and swaps.
func (x *Pointer[T]) CompareAndSwap(from, to *T) bool {
	step(true)
	return x.v.CompareAndSwap(from, to)
}
