package pbufotel_test

import (
	"context"
	"errors"
	"runtime"
	"testing"

	"go.opentelemetry.io/otel/codes"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufotel"
)

var errDown = errors.New("down")

// The outcome is what the buffer makes of what the processor has returned.
func TestOutcomes(t *testing.T) {
	const delivered, failed, partial, permanent, panicked = "delivered", "failed", "partial", "permanent", "panicked"
	for name, c := range map[string]struct {
		want    string
		process func(batch []entry) error
	}{
		"delivered":           {delivered, func([]entry) error { return nil }},
		"failed":              {failed, func([]entry) error { return errDown }},
		"one failed":          {partial, func(b []entry) error { return pbuf.Failed(errDown, b[0]) }},
		"one for good":        {partial, func(b []entry) error { return pbuf.Permanent(pbuf.Failed(errDown, b[0])) }},
		"one twice":           {partial, func(b []entry) error { return errors.Join(pbuf.Failed(errDown, b[0]), pbuf.Failed(errDown, b[0])) }},
		"all are named":       {failed, func(b []entry) error { return pbuf.Failed(errDown, b...) }},
		"all are, one by one": {failed, func(b []entry) error { return errors.Join(pbuf.Failed(errDown, b[0]), pbuf.Failed(errDown, b[1])) }},
		"none is named":       {failed, func([]entry) error { return pbuf.Failed[string, int](errDown) }},
		"one, and none": {failed, func(b []entry) error {
			return errors.Join(pbuf.Failed(errDown, b[0]), pbuf.Failed[string, int](errDown))
		}},
		"one of another batch":   {failed, func([]entry) error { return pbuf.Failed(errDown, entry{Key: "eve"}) }},
		"a nil Failed":           {failed, func([]entry) error { return (*pbuf.FailedError[string, int])(nil) }},
		"permanent":              {permanent, func([]entry) error { return pbuf.Permanent(errDown) }},
		"all are named for good": {permanent, func(b []entry) error { return pbuf.Permanent(pbuf.Failed(errDown, b...)) }},
		"a nil Permanent":        {failed, func([]entry) error { return (*pbuf.PermanentError)(nil) }},
		"panicked":               {panicked, func([]entry) error { panic("oops") }},
		"gone":                   {panicked, func([]entry) error { runtime.Goexit(); return nil }},
	} {
		t.Run(name, func(t *testing.T) {
			r := newTracer(t)
			r.run(options{Processor: func(_ context.Context, batch []entry) error { return c.process(batch) }})
			first := r.named("batch seen")[0]
			if got := attributes(first)[pbufotel.BatchOutcomeKey]; got != c.want {
				t.Errorf("outcome is %v, want %s", got, c.want)
			}
			if isPanic := attributes(first)["error.type"] == "panic"; isPanic != (c.want == panicked) {
				t.Errorf("error.type is %v", attributes(first)["error.type"])
			}
			if failed := first.Status().Code == codes.Error; failed != (c.want != delivered) {
				t.Errorf("status is %v", first.Status())
			}
			flush := r.named("flush seen")[0].Status()
			if failed := flush.Code == codes.Error; failed != (c.want != delivered) {
				t.Errorf("the flush's status is %v", flush)
			}
			if started, ended := len(r.Started()), len(r.Ended()); started != ended {
				t.Errorf("%d spans were started, %d ended", started, ended)
			}
		})
	}
}

// hostile is an error whose methods are functions.
type hostile struct{ text, as func() }

func (e hostile) Error() string { e.text(); return "hostile" }
func (e hostile) As(any) bool   { e.as(); return false }

// Whatever an error's methods do, the buffer is told what it would be without spans.
func TestHostileErrors(t *testing.T) {
	fine := func() {}
	for name, c := range map[string]struct {
		err           hostile
		told, outcome string
	}{
		"As panics":    {hostile{fine, func() { panic("in As") }}, "(pbufotel_test.hostile).As", "panicked"},
		"As ends":      {hostile{fine, runtime.Goexit}, "Goexit", "panicked"},
		"Error panics": {hostile{func() { panic("in Error") }, fine}, "failed", "failed"},
		"Error ends":   {hostile{runtime.Goexit, fine}, "failed", "failed"},
	} {
		t.Run(name, func(t *testing.T) {
			r, told := newTracer(t), ""
			r.run(options{
				Retry:     pbuf.Retry{Policy: pbuf.GiveUp},
				Processor: func(context.Context, []entry) error { return c.err },
				Hooks: pbuf.Hooks{
					BatchFailed: func(pbuf.BatchInfo) { told = "failed" },
					BatchPanicked: func(i pbuf.BatchInfo) {
						told = "Goexit"
						if p := (*pbuf.PanicError)(nil); errors.As(i.Err, &p) {
							told = p.Method
						}
					},
					FlushStop: func(pbuf.FlushInfo) { told += ", stop" },
				},
			})
			if told != c.told+", stop" {
				t.Errorf("hooks are told %q, want %q, stop", told, c.told)
			}
			if got := attributes(r.named("batch seen")[0])[pbufotel.BatchOutcomeKey]; got != c.outcome {
				t.Errorf("outcome is %v, want %s", got, c.outcome)
			}
		})
	}
}
