package pbuf

import (
	"errors"
	"fmt"
)

// The errors that callers test with errors.Is. What is returned wraps them and
// names the function, the option and the value.
var (
	// ErrClosed is returned by every operation on a stopped buffer, and on the zero
	// Map.
	ErrClosed = errors.New("pbuf: buffer is closed")
	// ErrVersion is returned for a version below MinVersion.
	ErrVersion = errors.New("pbuf: version is reserved")
	// ErrOptions is returned by New and UpdateSettings for an option out of range.
	ErrOptions = errors.New("pbuf: invalid option")
	// ErrArgument is returned for a nil context, sequence or function, and for a size
	// out of range from Options.SizeOf.
	ErrArgument = errors.New("pbuf: invalid argument")
	// ErrInProcessor is returned by Flush, Stop, Close and Checkpoint.Wait inside a
	// processor or hook of the same buffer, where they would wait for themselves.
	// Nothing has been done.
	ErrInProcessor = errors.New("pbuf: called from inside a processor or hook")
	// ErrFull is returned for a new key if the buffer is full (see FullPolicy).
	ErrFull = errors.New("pbuf: buffer is full")
	// ErrFailed is the reason of Failed if it was given none.
	ErrFailed = errors.New("pbuf: entries failed")
	// ErrDown and ErrStuck are what Health says of a partition that delivers nothing.
	ErrDown  = errors.New("pbuf: nothing is delivered")
	ErrStuck = errors.New("pbuf: processor ignores the end of its context")
	// ErrAbandoned is what an abandoned processor failed with (see
	// Options.AbandonStuck).
	ErrAbandoned = errors.New("pbuf: processor ignored the end of its context and was abandoned")
	// ErrGoexit is what a processor or hook that called runtime.Goexit failed with.
	ErrGoexit = errors.New("pbuf: runtime.Goexit called")
)

// PanicError is a panic of a processor or hook, or of a method of the error that a
// processor returned, as hooks and errors report it.
type PanicError struct {
	Value  any    // what was passed to panic
	Stack  []byte // of the panicking goroutine
	Method string // of the processor's error, if it was that: "(*MyError).Unwrap"
}

// Error returns the panic's value, and the method if it has one.
func (e *PanicError) Error() string {
	if e.Method != "" {
		return fmt.Sprintf("pbuf: panic in %s: %v", e.Method, e.Value)
	}
	return fmt.Sprintf("pbuf: panic: %v", e.Value)
}

// Unwrap returns the panic's value if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// FlushError is returned by Flush if entries that it covers did not reach the
// processor's nil.
type FlushError struct {
	Failed int   // entries: back in the buffer, given up, or undelivered
	Err    error // the last error of the processor
}

func (e *FlushError) Error() string {
	return fmt.Sprintf("pbuf: Flush: %d entries failed: %v", e.Failed, e.Err)
}

// Unwrap returns Err.
func (e *FlushError) Unwrap() error { return e.Err }

// UndeliveredError is returned by Stop and Close if accepted entries were not
// delivered; Undelivered has them.
type UndeliveredError struct {
	Count int   // entries
	Err   error // why: the end of Stop's context, or the last error of the processor
}

func (e *UndeliveredError) Error() string {
	return fmt.Sprintf("pbuf: Stop: %d entries not delivered: %v", e.Count, e.Err)
}

// Unwrap returns Err.
func (e *UndeliveredError) Unwrap() error { return e.Err }
