package pbufnats

import "fmt"

// DecodeError is what OnUndecodable gets for an error of Decode. It hides that error
// from errors.Is, so that one that wraps pbuf.ErrClosed, say, is not taken for the buffer's.
type DecodeError struct {
	Err error
}

func (e *DecodeError) Error() string { return fmt.Sprintf("pbufnats: Decode: %v", e.Err) }

// PanicError is a panic of Decode, or of a function of the buffer's options that ran
// for the message.
type PanicError struct {
	Value any
}

func (e *PanicError) Error() string { return fmt.Sprintf("pbufnats: panic: %v", e.Value) }
