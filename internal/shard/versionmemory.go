package shard

import "sync"

// Versions remembers the versions of the keys that were delivered last: of at
// least n distinct ones, and of 2n at most. So G4 holds beyond the time in flight.
//
// Eviction is by halves: a full young map becomes the old one, which is forgotten
// whole; a key that is delivered again is young again. Rejected: a list in the exact
// order, two pointers per key and a move per delivery; random replacement, which
// could promise no key at all. The flusher writes, inserts and revivals read.
type Versions[K comparable] struct {
	n int

	mu         sync.RWMutex
	young, old map[K]int64 // guarded by mu
}

// NewVersions returns a memory of n keys, at least 1.
func NewVersions[K comparable](n int) *Versions[K] {
	return &Versions[K]{n: n, young: make(map[K]int64)}
}

// Remember notes the version that was delivered last, which is not always the
// highest: a plain put between two versions starts the key anew. The flusher
// calls it before the entry's generation leaves flight, so that whoever no longer
// finds it in flight finds it here (G4).
func (v *Versions[K]) Remember(key K, version int64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, ok := v.young[key]; !ok && len(v.young) >= v.n {
		v.young, v.old = make(map[K]int64, v.n), v.young
	}
	v.young[key] = version
}

// newer reports whether a version as new as word was delivered.
func (v *Versions[K]) newer(key K, word uint64) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	version, ok := v.young[key]
	if !ok {
		version, ok = v.old[key]
	}
	return ok && wordOf(version) >= word
}
