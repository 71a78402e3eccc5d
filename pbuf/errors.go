package pbuf

import (
	"errors"
	"fmt"
)

// Errors for [errors.Is]; what is returned names function, option and value too.
var (
	ErrClosed  = errors.New("pbuf: buffer is closed")    // stopped, or the zero Map
	ErrVersion = errors.New("pbuf: version is reserved") // below MinVersion
	// ErrOptions: an option out of range, or a call that does not go with those set
	ErrOptions = errors.New("pbuf: invalid option")
	// ErrArgument: a nil context, sequence, function, reader or writer, an empty path, a bad
	// size from SizeOf, or a key or entry that no snapshot takes
	ErrArgument = errors.New("pbuf: invalid argument")
	ErrFull     = errors.New("pbuf: buffer is full")              // for a new key (see FullPolicy)
	ErrTooLarge = fmt.Errorf("%w: the entry never fits", ErrFull) // and for good: the entry alone exceeds MaxBytes
	ErrFailed   = errors.New("pbuf: entries failed")              // the reason of a Failed without one
	ErrGoexit   = errors.New("pbuf: runtime.Goexit called")       // by a processor or hook
	ErrSnapshot = errors.New("pbuf: damaged snapshot")            // or cut short (ReadSnapshot)
	ErrDown     = errors.New("pbuf: nothing is delivered")        // see Map.Health
	// ErrInProcessor: Flush, Stop, Close or Checkpoint.Wait was called in a processor or
	// hook of the same buffer, where it would wait for itself. Nothing has been done.
	ErrInProcessor = errors.New("pbuf: called from inside a processor or hook")
	// ErrStuck: see Map.Health
	ErrStuck = errors.New("pbuf: processor ignores the end of its context")
	// ErrAbandoned: of a call that was left behind (Options.AbandonStuck)
	ErrAbandoned = errors.New("pbuf: processor ignored the end of its context and was abandoned")
)

// PanicError is a panic of a processor, of a method of its error, of a hook or of a
// codec. It unwraps to Value if that is an error.
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

// FlushError is what [Map.Flush] returns if entries that it covers failed.
type FlushError struct {
	Failed int   // entries: back in the buffer, given up, or undelivered
	Err    error // the last error of the processor
}

func (e *FlushError) Error() string {
	return fmt.Sprintf("pbuf: Flush: %d entries failed: %v", e.Failed, e.Err)
}

func (e *FlushError) Unwrap() error { return e.Err }

// UndeliveredError is what Stop returns if [Map.Undelivered] yields anything.
type UndeliveredError struct {
	Count int   // entries
	Err   error // why: the end of Stop's context, the last error of the processor, or both
}

func (e *UndeliveredError) Error() string {
	return fmt.Sprintf("pbuf: Stop: %d entries not delivered: %v", e.Count, e.Err)
}

func (e *UndeliveredError) Unwrap() error { return e.Err }
