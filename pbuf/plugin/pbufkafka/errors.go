package pbufkafka

import (
	"errors"
	"fmt"
)

// ErrConfig is wrapped by the errors of New.
var ErrConfig = errors.New("pbufkafka: invalid config")

// RecordError is a record that the buffer cannot take. It is what OnUndecodable gets,
// and what Run returns if there is none.
type RecordError struct {
	Topic     string
	Partition int32
	Offset    int64
	Err       error // a *DecodeError, a *PanicError, or the buffer's
}

func (e *RecordError) Error() string {
	return fmt.Sprintf("pbufkafka: record %d of %s[%d]: %v", e.Offset, e.Topic, e.Partition, e.Err)
}

// Unwrap returns Err.
func (e *RecordError) Unwrap() error { return e.Err }

// DecodeError is an error of Decode. It hides that error from errors.Is, so that one
// that wraps pbuf.ErrClosed, say, is not taken for the buffer's.
type DecodeError struct {
	Err error
}

func (e *DecodeError) Error() string { return fmt.Sprintf("pbufkafka: Decode: %v", e.Err) }

// PanicError is a panic of Decode or OnUndecodable, or of a function of the buffer's
// options that ran for the record.
type PanicError struct {
	Value any
}

func (e *PanicError) Error() string { return fmt.Sprintf("pbufkafka: panic: %v", e.Value) }

// LossError is what Run returns with LossStop: the buffer lost something, or had no
// room for it. Nothing of that poll is committed.
type LossError struct {
	Err error // a *pbuf.CheckpointError, or one that wraps pbuf.ErrFull
}

func (e *LossError) Error() string { return fmt.Sprintf("pbufkafka: OnLoss is LossStop: %v", e.Err) }

// Unwrap returns Err.
func (e *LossError) Unwrap() error { return e.Err }
