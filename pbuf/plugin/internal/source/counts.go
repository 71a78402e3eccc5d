package source

import "sync"

// Counts are the numbers of a Consumer.
type Counts[S any] struct {
	mu    sync.Mutex
	stats S // guarded by mu
}

// Change changes them; no user code may run in f.
func (c *Counts[S]) Change(f func(*S)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f(&c.stats)
}

// Now returns them.
func (c *Counts[S]) Now() (s S) {
	c.Change(func(now *S) { s = *now })
	return s
}
