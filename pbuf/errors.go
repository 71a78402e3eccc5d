package pbuf

import (
	"errors"
	"fmt"
)

// Errors to test for with [errors.Is]. What is returned wraps them and names the
// function, the option and the value.
var (
	// ErrClosed: the buffer has been stopped, or is the zero Map.
	ErrClosed = errors.New("pbuf: buffer is closed")
	// ErrVersion: a version is below MinVersion.
	ErrVersion = errors.New("pbuf: version is reserved")
	// ErrOptions: an option is out of range, or a call does not go with those that are set.
	ErrOptions = errors.New("pbuf: invalid option")
	// ErrArgument: a context, sequence, function, reader or writer is nil, or SizeOf
	// returned a size out of range.
	ErrArgument = errors.New("pbuf: invalid argument")
	// ErrInProcessor: Flush, Stop, Close or Checkpoint.Wait was called in a processor or
	// hook of the same buffer, where it would wait for itself. Nothing has been done.
	ErrInProcessor = errors.New("pbuf: called from inside a processor or hook")
	// ErrFull: a new key found the buffer full (see FullPolicy).
	ErrFull = errors.New("pbuf: buffer is full")
	// ErrTooLarge: that ErrFull is for good, since the entry alone exceeds MaxBytes.
	ErrTooLarge = fmt.Errorf("%w: the entry never fits", ErrFull)
	// ErrFailed: the reason of a Failed without one.
	ErrFailed = errors.New("pbuf: entries failed")
	// ErrDown and ErrStuck: see Map.Health.
	ErrDown  = errors.New("pbuf: nothing is delivered")
	ErrStuck = errors.New("pbuf: processor ignores the end of its context")
	// ErrAbandoned: what a call failed with that was left behind (Options.AbandonStuck).
	ErrAbandoned = errors.New("pbuf: processor ignored the end of its context and was abandoned")
	// ErrGoexit: a processor or hook called runtime.Goexit.
	ErrGoexit = errors.New("pbuf: runtime.Goexit called")
	// ErrSnapshot: what ReadSnapshot read was cut short or damaged.
	ErrSnapshot = errors.New("pbuf: damaged snapshot")
)

// PanicError is a panic of a processor or hook, or of a method of the error that a
// processor returned. It unwraps to Value if that is an error.
type PanicError struct {
	Value  any    // what was passed to panic
	Stack  []byte // of the panicking goroutine
	Method string // of the processor's error, if it was that: "(*MyError).Unwrap"
}

func (e *PanicError) Error() string {
	if e.Method != "" {
		return fmt.Sprintf("pbuf: panic in %s: %v", e.Method, e.Value)
	}
	return fmt.Sprintf("pbuf: panic: %v", e.Value)
}

func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// FlushError is what Flush returns if entries that it covers did not reach the
// processor's nil.
type FlushError struct {
	Failed int   // entries: back in the buffer, given up, or undelivered
	Err    error // the last error of the processor
}

func (e *FlushError) Error() string {
	return fmt.Sprintf("pbuf: Flush: %d entries failed: %v", e.Failed, e.Err)
}

func (e *FlushError) Unwrap() error { return e.Err }

// UndeliveredError is what Stop and Close return if accepted entries were not
// delivered; [Map.Undelivered] yields them.
type UndeliveredError struct {
	Count int   // entries
	Err   error // why: the end of Stop's context, the last error of the processor, or both
}

func (e *UndeliveredError) Error() string {
	return fmt.Sprintf("pbuf: Stop: %d entries not delivered: %v", e.Count, e.Err)
}

func (e *UndeliveredError) Unwrap() error { return e.Err }
