package pbuf

import (
	"fmt"
	"runtime/debug"
)

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

// examination takes a processor's error apart. The error's methods are user code,
// and so is the hash of a key that it names: examine runs on the worker, and at each
// step notes whose turn it is, for the PanicError of one that panics.
type examination[K comparable, V any] struct {
	batch  map[K]struct{} // the keys that the error can be about
	found  []verdict[K]
	method string
}

// examine returns the verdicts, at least one. crash is set if a method panicked: the
// whole batch fails with it.
func examine[K comparable, V any](err error, keys []K) (verdicts []verdict[K], crash error) {
	x := &examination[K, V]{batch: make(map[K]struct{}, len(keys))}
	for _, key := range keys {
		x.batch[key] = struct{}{}
	}
	defer func() {
		if v := recover(); v != nil {
			crash = &PanicError{Value: v, Stack: debug.Stack(), Method: x.method}
			verdicts = []verdict[K]{{err: crash}}
		}
	}()
	if x.collect(err, false) && len(x.found) > 0 {
		return x.found, nil
	}
	return []verdict[K]{{err: err, permanent: x.permanent(err)}}, nil
}

// enter notes which method of which error is about to be called.
func (x *examination[K, V]) enter(err error, method string) {
	x.method = fmt.Sprintf("(%T).%s", err, method)
}

// collect walks the tree of wrapped errors for FailedErrors. It returns false if
// one of them is about something else than the batch.
func (x *examination[K, V]) collect(err error, permanent bool) bool {
	switch e := err.(type) { //nolint:errorlint // the walk is what errors.As does
	case *FailedError[K, V]:
		return e == nil || x.failed(e, permanent)
	case *PermanentError:
		return e == nil || x.collect(e.Err, true)
	case interface{ Unwrap() []error }:
		x.enter(err, "Unwrap")
		for _, one := range e.Unwrap() {
			if !x.collect(one, permanent) {
				return false
			}
		}
	case interface{ Unwrap() error }:
		x.enter(err, "Unwrap")
		return x.collect(e.Unwrap(), permanent)
	}
	return true
}

// failed is collect for a Failed.
func (x *examination[K, V]) failed(e *FailedError[K, V], permanent bool) bool {
	v := verdict[K]{
		err: e.reason(), permanent: permanent || x.permanent(e.Err), keys: make(map[K]struct{}, len(e.Entries)),
	}
	x.enter(e, "Entries: the hash of a key")
	for i := range e.Entries {
		key := e.Entries[i].Key
		if _, ok := x.batch[key]; !ok {
			return false
		}
		v.keys[key] = struct{}{}
	}
	x.found = append(x.found, v)
	return len(v.keys) > 0
}

// permanent is errors.As for a PermanentError.
func (x *examination[K, V]) permanent(err error) bool {
	for err != nil {
		if p, ok := err.(*PermanentError); ok { //nolint:errorlint // as in collect
			return p != nil
		}
		if e, ok := err.(interface{ As(any) bool }); ok { //nolint:errorlint // as in collect
			x.enter(err, "As")
			if p := new(PermanentError); e.As(&p) {
				return true
			}
		}
		switch e := err.(type) { //nolint:errorlint // as in collect
		case interface{ Unwrap() error }:
			x.enter(err, "Unwrap")
			err = e.Unwrap()
		case interface{ Unwrap() []error }:
			x.enter(err, "Unwrap")
			for _, one := range e.Unwrap() {
				if x.permanent(one) {
					return true
				}
			}
			return false
		default:
			return false
		}
	}
	return false
}
