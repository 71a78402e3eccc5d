package pbufotel_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/codes"

	"github.com/partitioned-buffer/go/pbuf"
)

// A flush that Stop has not let end is an error, and its spans end all the same.
func TestStopCutsOff(t *testing.T) {
	for name, c := range map[string]struct {
		call   time.Duration
		status string // of the flush
	}{
		"between batches": {100 * time.Millisecond, context.DeadlineExceeded.Error()},
		"in a call":       {time.Hour, "Stop gave it up"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, stops := newTracer(t), 0
				buf := r.open(options{
					BatchSize: 1, FlushInterval: time.Hour,
					Processor: func(context.Context, []entry) error { time.Sleep(c.call); return nil },
					Hooks:     pbuf.Hooks{PartitionStop: func(pbuf.PartitionInfo) { stops++ }},
				})
				ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
				defer cancel()
				if err := buf.Stop(ctx); err == nil {
					t.Fatal("all is delivered")
				}
				time.Sleep(c.call)
				synctest.Wait()
				if stops != 1 {
					t.Errorf("PartitionStop was called %d times, want once", stops)
				}
				if started, ended := len(r.Started()), len(r.Ended()); started != 2 || ended != 2 {
					t.Fatalf("%d spans were started, %d ended, want 2", started, ended)
				}
				if s := r.named("flush seen")[0].Status(); s.Code != codes.Error || s.Description != c.status {
					t.Errorf("the flush's status is %v, want %s", s, c.status)
				}
			})
		})
	}
}

// What DeadLetter records is below the flush.
func TestDeadLetterIsBelowTheFlush(t *testing.T) {
	r := newTracer(t)
	r.run(options{
		Processor: func(context.Context, []entry) error { return pbuf.Permanent(errDown) },
		DeadLetter: func(ctx context.Context, _ []entry, _ error) error {
			_, span := r.Tracer("sink").Start(ctx, "INSERT")
			span.End()
			return nil
		},
	})
	if got := r.named("INSERT"); len(got) != 1 || got[0].Parent().SpanID() != r.named("flush seen")[0].SpanContext().SpanID() {
		t.Errorf("DeadLetter recorded %v", got)
	}
}
