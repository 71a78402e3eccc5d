package pbuf

import "errors"

// FailedError is what Failed returns.
type FailedError[K comparable, V any] struct {
	Err     error
	Entries []Entry[K, V]
}

// Failed makes the error by which a processor says that these entries of the
// batch, told by their keys, failed because of err, and that all others are
// delivered. Only these are retried or given up. It may be wrapped, and several
// may be joined (errors.Join) to give different reasons; where an entry is named
// twice, the first counts. Other errors that are joined or wrapped beside it are
// remarks: what no Failed names is delivered.
//
// Failed(nil) without entries is nil; with entries, the reason is ErrFailed.
// An error that names no entry, or a key that is not in the batch, fails the
// whole batch: better twice than never.
func Failed[K comparable, V any](err error, entries ...Entry[K, V]) error {
	if err == nil {
		if len(entries) == 0 {
			return nil
		}
		err = ErrFailed
	}
	return &FailedError[K, V]{Err: err, Entries: entries}
}

// Error returns the reason.
func (e *FailedError[K, V]) Error() string { return e.Err.Error() }

// Unwrap returns the reason.
func (e *FailedError[K, V]) Unwrap() error { return e.Err }

// PermanentError is what Permanent returns.
type PermanentError struct{ Err error }

// Permanent marks an error as one that no retry will mend: the entries that
// failed with it are given up at once. It may be wrapped, inside Failed too, or
// around it. Permanent(nil) is nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &PermanentError{err}
}

// Error returns the marked error's text.
func (e *PermanentError) Error() string { return e.Err.Error() }

// Unwrap returns the marked error.
func (e *PermanentError) Unwrap() error { return e.Err }

// verdict is what a processor's error says about some entries of its batch.
type verdict[K comparable] struct {
	err       error
	permanent bool
	keys      map[K]struct{} // nil: all of them
}

func (v *verdict[K]) covers(key K) bool {
	if v.keys == nil {
		return true
	}
	_, ok := v.keys[key]
	return ok
}

// judge takes a processor's error apart. known tells which keys the batch has.
func judge[K comparable, V any](err error, known func(K) bool) []verdict[K] {
	var partial []verdict[K]
	if collect[K, V](err, false, known, &partial) && len(partial) > 0 {
		return partial
	}
	var p *PermanentError
	return []verdict[K]{{err: err, permanent: errors.As(err, &p)}}
}

// collect walks the tree of wrapped errors for FailedErrors. It returns false
// if one of them is about something else than the batch.
func collect[K comparable, V any](err error, permanent bool, known func(K) bool, into *[]verdict[K]) bool {
	switch e := err.(type) { //nolint:errorlint // the walk is what errors.As does
	case *FailedError[K, V]:
		var p *PermanentError
		v := verdict[K]{err: e.Err, permanent: permanent || errors.As(e.Err, &p), keys: make(map[K]struct{}, len(e.Entries))}
		for i := range e.Entries {
			if !known(e.Entries[i].Key) {
				return false
			}
			v.keys[e.Entries[i].Key] = struct{}{}
		}
		*into = append(*into, v)
		return len(v.keys) > 0
	case *PermanentError:
		return collect[K, V](e.Err, true, known, into)
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			if !collect[K, V](one, permanent, known, into) {
				return false
			}
		}
	case interface{ Unwrap() error }:
		return collect[K, V](e.Unwrap(), permanent, known, into)
	}
	return true
}
