package workload

import "sync/atomic"

// Chunk is how many operations a stream is asked for at a time. Lengths of
// drawn sequences are multiples of it.
const Chunk = 256

// Length is how many draws a sequence holds unless its key space needs more:
// too many for a branch predictor to learn by heart when they are replayed.
const Length = 1 << 17

// Stream is one goroutine's supply of operations. It is not safe for
// concurrent use; every worker has its own.
type Stream[K any] struct {
	keys  []K
	kinds []Kind
	at    int

	fill   func(keys []K, first uint64) // set for streams that never repeat a key
	shared *atomic.Uint64               // set for streams whose workers share one cursor
}

// Next returns n operations, or fewer, at least one, where the sequence is
// shorter or shared. A sequence of its own starts again where it would break a
// batch. The slices are valid until the next call.
func (s *Stream[K]) Next(n int) ([]K, []Kind) {
	if s.fill != nil {
		n = min(n, len(s.keys))
		s.fill(s.keys[:n], s.shared.Add(uint64(n))-uint64(n))
		return s.keys[:n], s.kinds[:n]
	}
	if s.shared != nil {
		s.at = int((s.shared.Add(uint64(n)) - uint64(n)) % uint64(len(s.keys)))
	} else if s.at+n > len(s.keys) {
		s.at = 0
	}
	from, to := s.at, min(s.at+n, len(s.keys))
	s.at = to
	if to == len(s.keys) {
		s.at = 0
	}
	return s.keys[from:to], s.kinds[from:to]
}
