package pbufotel

import (
	"errors"
	"fmt"
	"iter"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/partitioned-buffer/go/pbuf"
)

// conclude marks a batch's span with what the processor has returned.
func conclude[K comparable, V any](span trace.Span, err error, n int, entries iter.Seq[pbuf.Entry[K, V]]) {
	if !span.IsRecording() {
		return
	}
	if err == nil {
		span.SetAttributes(BatchOutcomeKey.String("delivered"))
		return
	}
	panicked(span) // until the error has said otherwise
	apart(func() {
		span.SetAttributes(BatchOutcomeKey.String(outcomeOf(err, n, entries)))
		fail(span, err)
	})
}

// panicked marks the span of a call that did not return, or whose error did not.
func panicked(span trace.Span) {
	span.SetAttributes(BatchOutcomeKey.String("panicked"), attribute.String("error.type", "panic"))
	span.SetStatus(codes.Error, "the processor, or its error, did not return")
}

// fail marks the span. It calls a method of the error: see apart.
func fail(span trace.Span, err error) {
	span.SetAttributes(attribute.String("error.type", fmt.Sprintf("%T", err)))
	span.SetStatus(codes.Error, fmt.Sprint(err))
}

// apart runs f, which calls methods of an error. These are user code, and may panic or
// end their goroutine: that must not be the end of a call that has returned.
func apart(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { _ = recover() }()
		f()
	}()
	<-done
}

// outcomeOf says in a word what the error means to the buffer.
func outcomeOf[K comparable, V any](err error, n int, entries iter.Seq[pbuf.Entry[K, V]]) string {
	failed := map[K]struct{}{}
	if named[K, V](err, failed) && len(failed) > 0 && len(failed) < n && contains(entries, failed) {
		return "partial"
	}
	if permanent := (*pbuf.PermanentError)(nil); errors.As(err, &permanent) && permanent != nil {
		return "permanent"
	}
	return "failed"
}

// named collects the keys that failed alone; false if some Failed has none: then all did.
func named[K comparable, V any](err error, keys map[K]struct{}) bool {
	switch e := err.(type) { //nolint:errorlint // the walk is what the buffer does
	case *pbuf.FailedError[K, V]:
		if e == nil {
			return true
		}
		for i := range e.Entries {
			keys[e.Entries[i].Key] = struct{}{}
		}
		return len(e.Entries) > 0
	case *pbuf.PermanentError:
		return e == nil || named[K, V](e.Err, keys)
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			if !named[K, V](one, keys) {
				return false
			}
		}
	case interface{ Unwrap() error }:
		return named[K, V](e.Unwrap(), keys)
	}
	return true
}

// contains reports whether the batch has all the keys. If not, the error is about
// another one, and all of this one failed.
func contains[K comparable, V any](entries iter.Seq[pbuf.Entry[K, V]], keys map[K]struct{}) bool {
	found := 0
	for e := range entries {
		if _, ok := keys[e.Key]; ok {
			found++
		}
	}
	return found == len(keys)
}
