package pbuf

import (
	"fmt"

	"github.com/partitioned-buffer/go/internal/shard"
)

// bounds are what bounds the buffer, made by New and never written to again.
type bounds struct {
	limit *shard.Limit // nil: none
	full  error        // ErrFull, with the bounds
}

// bound makes the bounds.
func (m *Map[K, V]) bound() {
	b, o := &m.bounds, &m.options
	switch {
	case o.Capacity > 0 && o.MaxBytes > 0:
		b.full = fmt.Errorf("%w: Capacity is %d, MaxBytes is %d", ErrFull, o.Capacity, o.MaxBytes)
	case o.Capacity > 0:
		b.full = fmt.Errorf("%w: Capacity is %d", ErrFull, o.Capacity)
	case o.MaxBytes > 0:
		b.full = fmt.Errorf("%w: MaxBytes is %d", ErrFull, o.MaxBytes)
	default:
		return
	}
	b.limit = shard.NewLimit(int64(o.Capacity), int64(o.MaxBytes))
	m.waiters.all = o.MaxBytes > 0
}
