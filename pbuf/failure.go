package pbuf

import "errors"

// FailedError is what Failed returns.
type FailedError[K comparable, V any] struct {
	Err     error
	Entries []Entry[K, V]
}

// Failed makes the error by which a processor says that these entries of the batch,
// told by their keys, failed because of err, and that all others are delivered. It may
// be wrapped, and several may be joined (errors.Join) to give different reasons; where
// an entry is named twice, the first counts. What no Failed names is delivered.
//
// Failed(nil) without entries is nil; with entries, the reason is ErrFailed. An error
// that names no entry, or a key that is not in the batch, fails the whole batch.
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

// Error returns the reason's text.
func (e *FailedError[K, V]) Error() string { return e.reason().Error() }

// Unwrap returns the reason.
func (e *FailedError[K, V]) Unwrap() error { return e.reason() }

// PermanentError is what Permanent returns.
type PermanentError struct{ Err error }

// Permanent marks an error as one that no retry will mend: the entries that failed with
// it are given up at once. It may be wrapped, inside Failed too, or around it.
// Permanent(nil) is nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &PermanentError{err}
}

var errPermanent = errors.New("pbuf: permanent error")

// Error returns the marked error's text.
func (e *PermanentError) Error() string {
	if err := e.Unwrap(); err != nil {
		return err.Error()
	}
	return errPermanent.Error()
}

// Unwrap returns the marked error.
func (e *PermanentError) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.Err
}
