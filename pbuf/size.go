package pbuf

import "fmt"

// sizeOf asks Options.SizeOf, if there is one.
func (o *Options[K, V]) sizeOf(key K, value V) (int64, error) {
	if o.SizeOf == nil {
		return 0, nil
	}
	n := int64(o.SizeOf(key, value))
	if n < 0 || n > maxCapacity {
		return 0, fmt.Errorf("%w: SizeOf: the size is %d, must be 0 to %d", ErrArgument, n, int64(maxCapacity))
	}
	return n, nil
}

// fits reports whether there can be room for the write.
func (f *flusher[K, V]) fits(w *write[K, V]) bool {
	return f.m.options.MaxBytes == 0 || w.size <= int64(f.m.options.MaxBytes)
}

// errFull is ErrFull with the bounds, or ErrTooLarge with the size.
func (f *flusher[K, V]) errFull(w *write[K, V]) error {
	if f.fits(w) {
		return f.m.bounds.full
	}
	return fmt.Errorf("%w: MaxBytes is %d, it has %d bytes", ErrTooLarge, f.m.options.MaxBytes, w.size)
}
