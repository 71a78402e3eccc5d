package pbuf

import (
	"errors"
	"fmt"
)

// OmittedError is of entries that the codec could not write into a snapshot, or read
// from it. All others were.
type OmittedError struct {
	Count int   // entries left out
	Err   error // of the first three, with their places in the sequence, from 0
}

func (e *OmittedError) Error() string {
	return fmt.Sprintf("pbuf: %d entries left out of the snapshot: %v", e.Count, e.Err)
}

func (e *OmittedError) Unwrap() error { return e.Err }

// omitted collects what makes an OmittedError.
type omitted struct {
	count int
	errs  []error
}

func (o *omitted) add(place uint64, err error) {
	if o.count++; len(o.errs) < 3 {
		o.errs = append(o.errs, fmt.Errorf("entry %d: %w", place, err))
	}
}

func (o *omitted) err() error {
	if o.count == 0 {
		return nil
	}
	return &OmittedError{o.count, errors.Join(o.errs...)}
}
