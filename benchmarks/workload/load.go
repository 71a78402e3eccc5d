package workload

import (
	"math/bits"
	"sync"
	"sync/atomic"
)

// Load is a workload: which keys are there before the clock starts and what
// each worker then does. Its methods are safe for concurrent use.
type Load[K comparable] struct {
	Name    string     // as benchmark names show it, e.g. "dist=zipf"
	Prefill func() []K // made at the first call, so that no later one leaves garbage

	mu      sync.Mutex
	made    map[int]*Stream[K]
	makeOne func(worker int) *Stream[K]
}

// Stream returns a fresh stream over the sequence of worker. The sequence is
// drawn at the first call and shared by all streams of that worker, so every
// contender replays the same operations.
func (l *Load[K]) Stream(worker int) *Stream[K] {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.made[worker]
	if s == nil {
		if l.made == nil {
			l.made = map[int]*Stream[K]{}
		}
		s = l.makeOne(worker)
		l.made[worker] = s
	}
	fresh := *s
	if fresh.fill != nil { // filled in place, so not to be shared
		fresh.keys = make([]K, len(s.keys))
	}
	return &fresh
}

// Drawn is a load that replays sequences drawn by draw (one per worker, by
// seed) over a key space that is filled beforehand.
func Drawn[K comparable](name string, space int, keys Keys[K], draw func(seed uint64) Draw, what func(seed uint64) Pattern) *Load[K] {
	length := max(Length, min(1<<bits.Len(uint(space)), 1<<20)) // a worker sees most of a million keys
	return &Load[K]{
		Name:    name,
		Prefill: sync.OnceValue(func() []K { return keys(scattered(space)) }),
		makeOne: func(worker int) *Stream[K] {
			seed := uint64(worker) + 1
			next, pattern := draw(seed), what(seed)
			numbers, kinds := make([]uint64, length), make([]Kind, length)
			for i := range numbers {
				numbers[i], kinds[i] = next(), pattern(i)
			}
			return &Stream[K]{keys: keys(numbers), kinds: kinds}
		},
	}
}

// scattered are the numbers below space in the order of filling.
func scattered(space int) []uint64 {
	all := make([]uint64, space)
	for i := range all {
		all[i] = Scatter(uint64(i), space)
	}
	return all
}

// Unique is a load that puts every key once, for ever. The numbers are mixed,
// so that no contender gains from keys that follow one another.
func Unique() *Load[int] {
	var next atomic.Uint64
	return &Load[int]{
		Name:    "dist=unique",
		Prefill: func() []int { return nil },
		makeOne: func(int) *Stream[int] {
			return &Stream[int]{
				keys:   make([]int, Chunk),
				kinds:  make([]Kind, Chunk),
				shared: &next,
				fill: func(keys []int, first uint64) {
					for i := range keys {
						keys[i] = mix(first + uint64(i))
					}
				},
			}
		},
	}
}

// mix is a bijection, so numbers that differ stay different.
func mix(n uint64) int {
	n *= 0x9E3779B97F4A7C15
	n ^= n >> 32
	return int(n)
}

// Replay is a load whose workers share one sequence and take it in turns,
// chunk by chunk, so that its order in time is kept as far as it can be.
func Replay[K comparable](name string, keys []K) *Load[K] {
	var next atomic.Uint64
	return &Load[K]{
		Name:    name,
		Prefill: func() []K { return nil },
		makeOne: func(int) *Stream[K] {
			return &Stream[K]{keys: keys, kinds: make([]Kind, len(keys)), shared: &next}
		},
	}
}
