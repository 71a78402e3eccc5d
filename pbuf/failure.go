package pbuf

import "errors"

// FailedError is what [Failed] returns.
type FailedError[K comparable, V any] struct {
	Err     error
	Entries []Entry[K, V]
}

// Failed makes the error by which a processor says that these entries of the batch, by
// key, failed because of err (nil: ErrFailed), and that all others are delivered. It
// may be wrapped, and several joined ([errors.Join]); for an entry named twice the
// first counts. If it names none, or a key not in the batch, the whole batch fails.
// Failed(nil) without entries is nil.
func Failed[K comparable, V any](err error, entries ...Entry[K, V]) error {
	if err == nil {
		if len(entries) == 0 {
			return nil
		}
		err = ErrFailed
	}
	return &FailedError[K, V]{Err: err, Entries: entries}
}

// reason is never nil, whoever made the error.
func (e *FailedError[K, V]) reason() error {
	if e == nil || e.Err == nil {
		return ErrFailed
	}
	return e.Err
}

func (e *FailedError[K, V]) Error() string { return e.reason().Error() }

func (e *FailedError[K, V]) Unwrap() error { return e.reason() }

// PermanentError is what [Permanent] returns.
type PermanentError struct{ Err error }

// Permanent marks an error that no retry will mend: what failed with it is given up at
// once. It may be wrapped, or in or around Failed; nil stays nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &PermanentError{err}
}

var errPermanent = errors.New("pbuf: permanent error")

func (e *PermanentError) Error() string {
	if err := e.Unwrap(); err != nil {
		return err.Error()
	}
	return errPermanent.Error()
}

func (e *PermanentError) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.Err
}
