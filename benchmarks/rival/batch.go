package rival

// Batcher fills one reused batch and hands it to the sink when it is full.
// Only one goroutine may use it at a time.
type Batcher[K comparable, V any] struct {
	buf  []Entry[K, V]
	sink func([]Entry[K, V])
}

// NewBatcher makes one for sink.
func NewBatcher[K comparable, V any](sink func([]Entry[K, V])) *Batcher[K, V] {
	return &Batcher[K, V]{buf: make([]Entry[K, V], 0, BatchSize), sink: sink}
}

// Add takes an entry into the batch.
func (b *Batcher[K, V]) Add(e Entry[K, V]) {
	b.buf = append(b.buf, e)
	if len(b.buf) == BatchSize {
		b.End()
	}
}

// End hands over what there is and forgets it.
func (b *Batcher[K, V]) End() {
	if len(b.buf) > 0 {
		b.sink(b.buf)
		clear(b.buf)
		b.buf = b.buf[:0]
	}
}

// Slices hands over entries that lie in one slice, without a copy.
func (b *Batcher[K, V]) Slices(entries []Entry[K, V]) {
	for len(entries) > BatchSize {
		b.sink(entries[:BatchSize])
		entries = entries[BatchSize:]
	}
	if len(entries) > 0 {
		b.sink(entries)
	}
}
