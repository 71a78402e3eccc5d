package pbuf_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// Errors whose methods do what methods of errors should not.
type (
	unwrapsNothing struct{ err error }
	unwrapsMany    struct{}
	asPanics       struct{}
	isPanics       struct{}
	unwrapExits    struct{}
	textPanics     struct{}
)

func (e *unwrapsNothing) Error() string { return "no error" }
func (e *unwrapsNothing) Unwrap() error { return e.err } // dereferences a nil pointer

func (unwrapsMany) Error() string   { return "many" }
func (unwrapsMany) Unwrap() []error { panic("no") }

func (asPanics) Error() string { return "as" }
func (asPanics) As(any) bool   { panic("no") }

func (isPanics) Error() string { return "is" }
func (isPanics) Is(error) bool { panic("no") }

func (unwrapExits) Error() string { return "exits" }
func (unwrapExits) Unwrap() error { runtime.Goexit(); return nil }

func (textPanics) Error() string { panic("no") }

// The methods of a processor's error are user code: what panics in them fails the
// batch, and nothing else.
func TestErrorMethodsThatPanic(t *testing.T) {
	key := any([]int{1}) // no map takes it
	for name, test := range map[string]struct {
		err    error
		method string // of the PanicError; "": none of its methods is called, or none panics
	}{
		"a nil pointer's Unwrap":   {(*unwrapsNothing)(nil), "unwrapsNothing).Unwrap"},
		"Unwrap to many":           {unwrapsMany{}, "unwrapsMany).Unwrap"},
		"As":                       {asPanics{}, "asPanics).As"},
		"Is":                       {isPanics{}, ""},
		"Error":                    {textPanics{}, ""},
		"a nil FailedError":        {(*pbuf.FailedError[any, int])(nil), ""},
		"an empty FailedError":     {&pbuf.FailedError[any, int]{}, ""},
		"a nil PermanentError":     {(*pbuf.PermanentError)(nil), ""},
		"an empty PermanentError":  {&pbuf.PermanentError{}, ""},
		"a key that has no hash":   {pbuf.Failed(errDown, pbuf.Entry[any, int]{Key: key}), "a key"},
		"within Failed":            {pbuf.Failed(error((*unwrapsNothing)(nil)), pbuf.Entry[any, int]{Key: 1}), "unwrapsNothing).Unwrap"},
		"beside others":            {errors.Join(errDown, asPanics{}), "asPanics).As"},
		"a goroutine that it ends": {unwrapExits{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				m := start(t, pbuf.Options[any, int]{
					Partitions: 1, FlushInterval: never,
					Processor: func(context.Context, []pbuf.Entry[any, int]) error {
						if calls++; calls == 1 {
							return test.err
						}
						return nil
					},
					DeadLetter: func(context.Context, []pbuf.Entry[any, int], error) error { return textPanics{} },
				})
				must(t, m.Put(1, 1))
				must(t, m.Put("two", 2))
				err := m.Flush(t.Context())
				var failure *pbuf.FlushError
				if f, ok := err.(*pbuf.FlushError); !ok || f.Failed != 2 { //nolint:errorlint // errors.As would call the method
					t.Fatalf("Flush = %T, want both entries failed", err)
				} else {
					failure = f
				}
				var p *pbuf.PanicError
				if test.method != "" && (!errors.As(failure.Err, &p) || !strings.Contains(p.Method, test.method) || !strings.Contains(p.Error(), test.method)) {
					t.Errorf("the error is %v, want a PanicError of %s", failure.Err, test.method)
				}
				time.Sleep(time.Minute)
				synctest.Wait()
				permanent := name == "an empty PermanentError" // and so given up
				if s := balanced(t, m); permanent != (s.Dropped == 2) || !permanent && s.Delivered != 2 {
					t.Errorf("Stats = %+v", s)
				}
			})
		})
	}
}

// Their own methods bear what a user may make of them.
func TestErrorsWithoutAReason(t *testing.T) {
	for _, err := range []error{
		(*pbuf.FailedError[string, int])(nil), &pbuf.FailedError[string, int]{},
		(*pbuf.PermanentError)(nil), &pbuf.PermanentError{},
	} {
		if text := err.Error(); !strings.HasPrefix(text, "pbuf: ") || errors.Is(err, errDown) {
			t.Errorf("%T: %q", err, text)
		}
	}
}
