package shard

import "sync/atomic"

// Slot is one key's cell. word says who may touch meta and value (S2); key is
// written before the slot can be found and never again (S1).
type Slot[K comparable, V any] struct {
	word  atomic.Uint64
	meta  meta
	key   K
	value V
}

// settled waits until the slot is not claimed and returns its word. The claim is one
// copy of a value, or a late comer's failed check. It is small enough to be inlined.
func (s *Slot[K, V]) settled() uint64 {
	// S2. Publication: what the last holder of the claim wrote synchronizes
	// before this load of the word that it stored.
	if w := s.word.Load(); w != busy {
		return w
	}
	return s.await()
}

// await is settled for a slot that was found claimed.
func (s *Slot[K, V]) await() uint64 {
	for spins := 0; ; spins++ {
		// S2. Publication, as in settled.
		if w := s.word.Load(); w != busy {
			return w
		}
		pause(spins)
	}
}

// The methods below are inlined, which methods of meta are not: see hit.go.

// Key returns the slot's key.
func (s *Slot[K, V]) Key() K { return s.key }

// Value returns the slot's value. The caller owns the sealed generation; so for
// the methods below.
func (s *Slot[K, V]) Value() V { return s.value }

// Updates returns how many versioned writes replaced the key's value in its
// generation since it was inserted or plainly put.
func (s *Slot[K, V]) Updates() uint64 { return uint64(s.meta >> updatesBits) }

// Attempts returns how many deliveries of the entry failed, MaxAttempts at most.
func (s *Slot[K, V]) Attempts() uint8 { return uint8(s.meta>>writesBits) & MaxAttempts }

// Deleted reports whether the entry is a tombstone.
func (s *Slot[K, V]) Deleted() bool { return s.meta&deletedBit != 0 }

// Reset reports whether a tombstone came before the value.
func (s *Slot[K, V]) Reset() bool { return s.meta&resetBit != 0 }
