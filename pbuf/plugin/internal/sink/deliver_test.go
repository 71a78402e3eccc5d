package sink_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sink"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
)

// classError is an error that its class is known of.
type classError struct{ class sink.Class }

func (e classError) Error() string { return fmt.Sprint("class ", e.class) }

// table is a database in memory. fails says why a row cannot be written. Keys are one
// if they are without the spaces around them.
type table struct {
	rows          map[string]int
	writes, tried int
	fails         func(key string) error
	batches       []sink.Batch
	unmarkable    error // of each batch that has an identity
}

func (w *table) Write(ctx context.Context, steps []sink.Step) error {
	w.tried++
	if err := w.Check(ctx, steps); err != nil {
		return err
	}
	if steps[0].Batch != nil && w.unmarkable != nil {
		return w.unmarkable
	}
	w.writes++
	for _, s := range steps {
		if s.Batch != nil {
			w.batches = append(w.batches, *s.Batch)
		}
		for _, r := range slices.Concat(s.Parts...) {
			if s.Delete {
				delete(w.rows, folded(r))
			} else {
				w.rows[folded(r)] = r[1].(int)
			}
		}
	}
	return nil
}

func (w *table) Check(_ context.Context, steps []sink.Step) error {
	for _, s := range steps {
		for _, part := range s.Parts {
			keys := make(map[string]bool)
			for _, r := range part {
				if err := w.fails(r[0].(string)); err != nil {
					return err
				}
				if keys[folded(r)] && !s.Delete {
					return classError{sink.Twins}
				}
				keys[folded(r)] = true
			}
		}
	}
	return nil
}

func folded(row []any) string { return strings.TrimSpace(row[0].(string)) }

func (w *table) Classify(err error) sink.Class {
	var e classError
	if errors.As(err, &e) {
		return e.class
	}
	return sink.Retry
}

func newTable(classes map[string]sink.Class) *table {
	return &table{rows: make(map[string]int), fails: func(key string) error {
		if class, ok := classes[key]; ok {
			return classError{class}
		}
		return nil
	}}
}

// batch has the keys 000 to n-1.
func batch(n int) []entry {
	all := make([]entry, n)
	for i := range all {
		all[i] = entry{Key: fmt.Sprintf("%03d", i), Value: i}
	}
	return all
}

func TestRowsAreSortedAndTheBatchIsNot(t *testing.T) {
	w := newTable(nil)
	var order []string
	w.fails = func(key string) error { order = append(order, key); return nil }
	batch := []entry{{Key: "c"}, {Key: "a"}, {Key: "d", Deleted: true}, {Key: "b"}, {Key: "a2", Deleted: true}}
	before := slices.Clone(batch)
	if err := sink.Deliver(t.Context(), w, plan(t, valid()), batch); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(order, " "); got != "a2 d a b c" || !slices.Equal(batch, before) {
		t.Errorf("order %s, batch %v", got, batch)
	}
	if err := sink.Deliver(t.Context(), w, plan(t, valid()), nil); err != nil || w.tried != 1 {
		t.Errorf("empty batch: %v, %d writes", err, w.tried)
	}
}

func TestRefusedRowsAreFoundByHalves(t *testing.T) {
	w := newTable(map[string]sink.Class{"007": sink.Refused, "100": sink.Conflict})
	err := sink.Deliver(t.Context(), w, plan(t, valid()), batch(128))
	if got := sinktest.Fates(err); !slices.Equal(got, []string{"007†", "100"}) || len(w.rows) != 126 {
		t.Errorf("failed %q, %d rows written, want 126; %v", got, len(w.rows), err)
	}
	if w.tried > 1+2*2*7 {
		t.Errorf("%d transactions", w.tried)
	}
}

// What is refused for one reason is one error: a table that takes nothing is one line
// in a log.
func TestRowsOfOneReasonAreOneError(t *testing.T) {
	w := newTable(map[string]sink.Class{"003": sink.Refused, "005": sink.Conflict, "006": sink.Refused})
	err := sink.Deliver(t.Context(), w, plan(t, valid()), batch(8))
	if got := sinktest.Fates(err); !slices.Equal(got, []string{"003†", "005", "006†"}) {
		t.Errorf("failed %q; %v", got, err)
	}
	if text := err.Error(); strings.Count(text, fmt.Sprint("class ", sink.Refused)) != 1 || strings.Count(text, "class ") != 2 {
		t.Errorf("the error is not one line for each reason:\n%s", text)
	}
}

// While the refused rows are looked for, the database goes away.
func TestErrorAboutNoRowEndsTheSearch(t *testing.T) {
	w := newTable(map[string]sink.Class{"001": sink.Refused, "005": sink.Retry})
	err := sink.Deliver(t.Context(), w, plan(t, valid()), batch(8))
	if got := sinktest.Fates(err); !slices.Equal(got, []string{"001†", "004", "005", "006", "007"}) || len(w.rows) != 3 {
		t.Errorf("failed %q, %d rows written, want 3; %v", got, len(w.rows), err)
	}
	// It ends it also from within a half: what comes after is not tried.
	w = newTable(map[string]sink.Class{"000": sink.Refused, "002": sink.Retry, "006": sink.Refused})
	err = sink.Deliver(t.Context(), w, plan(t, valid()), batch(8))
	if got := sinktest.Fates(err); !slices.Equal(got, []string{"000†", "002", "003", "004", "005", "006", "007"}) || len(w.rows) != 1 {
		t.Errorf("failed %q, %d rows written, want 1; %v", got, len(w.rows), err)
	}
}

func TestErrorAboutNoRowFailsTheBatch(t *testing.T) {
	w := newTable(map[string]sink.Class{"001": sink.Retry})
	err := sink.Deliver(t.Context(), w, plan(t, valid()), batch(8))
	if !errors.Is(err, classError{sink.Retry}) || sinktest.Fates(err) != nil || w.tried != 1 || err.Error() != "pbuf: table t: class 0" {
		t.Errorf("error %v after %d tries", err, w.tried)
	}
}

func TestCollisionIsTriedAgainAtOnce(t *testing.T) {
	w := newTable(nil)
	left := 4
	w.fails = func(string) error {
		if left--; left >= 0 {
			return classError{sink.Again}
		}
		return nil
	}
	if err := sink.Deliver(t.Context(), w, plan(t, valid()), batch(1)); err != nil || w.tried != 5 {
		t.Errorf("error %v after %d tries", err, w.tried)
	}
	left = 100
	if err := sink.Deliver(t.Context(), w, plan(t, valid()), batch(1)); !errors.Is(err, classError{sink.Again}) || w.tried != 10 {
		t.Errorf("error %v after %d tries", err, w.tried-5)
	}
}

// replayed delivers a batch of n through a buffer with the policy Replay.
func replayed(t *testing.T, w *table, n int) []error {
	t.Helper()
	c := valid()
	c.Batches = "batches"
	return buffered(t, w, plan(t, c), n, pbuf.Replay)
}

func buffered(t *testing.T, w *table, p *sink.Plan[string, int], n int, policy pbuf.RetryPolicy) (errs []error) {
	t.Helper()
	m, err := pbuf.New(pbuf.Options[string, int]{
		Name: "b", Partitions: 1, FlushInterval: time.Hour, Retry: pbuf.Retry{Policy: policy, InitialBackoff: time.Millisecond},
		Processor: func(ctx context.Context, batch []entry) error {
			err := sink.Deliver(ctx, w, p, batch)
			errs = append(errs, err)
			return err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range batch(n) {
		if err := m.Put(e.Key, e.Value); err != nil {
			t.Fatal(err)
		}
	}
	_ = m.Flush(t.Context())
	_ = m.Flush(t.Context())
	_ = m.Close()
	return errs
}

// A batch with an identity is written in one transaction or not at all.
func TestRefusedRowsOfABatchWithAnIdentity(t *testing.T) {
	w := newTable(map[string]sink.Class{"001": sink.Refused})
	errs := replayed(t, w, 4)
	if len(errs) != 2 || errs[1] != nil || w.writes != 1 {
		t.Fatalf("%d transactions, errors %v", w.writes, errs)
	}
	if got := sinktest.Fates(errs[0]); !slices.Equal(got, []string{"000", "001†", "002", "003"}) {
		t.Errorf("failed %q", got)
	}
	if len(w.rows) != 3 || len(w.batches) != 1 || w.batches[0].Buffer != "b" || w.batches[0].Number != 2 || w.batches[0].Incarnation == "" {
		t.Errorf("rows %v, batches %+v", w.rows, w.batches)
	}
}

func TestConflictHoldsUpABatchWithAnIdentity(t *testing.T) {
	w := newTable(map[string]sink.Class{"001": sink.Conflict})
	errs := replayed(t, w, 4)
	if sinktest.Fates(errs[0]) != nil || !errors.Is(errs[0], classError{sink.Conflict}) || w.writes != 0 {
		t.Errorf("%d transactions, errors %v", w.writes, errs)
	}
	// Beside a refused one, only that is given up; an outage leaves all as it is.
	w = newTable(map[string]sink.Class{"001": sink.Refused, "003": sink.Conflict})
	if got := sinktest.Fates(replayed(t, w, 4)[0]); !slices.Equal(got, []string{"000", "001†", "002", "003"}) {
		t.Errorf("failed %q", got)
	}
	w = newTable(map[string]sink.Class{"001": sink.Refused, "003": sink.Retry})
	if errs := replayed(t, w, 4); sinktest.Fates(errs[0]) != nil || w.writes != 0 {
		t.Errorf("%d transactions, errors %v", w.writes, errs)
	}
}

// What is refused is the mark: no row is to blame.
func TestRefusedMark(t *testing.T) {
	for n := 1; n < 3; n++ {
		w := newTable(nil)
		w.unmarkable = classError{sink.Refused}
		errs := replayed(t, w, n)
		if sinktest.Fates(errs[0]) != nil || !errors.Is(errs[0], w.unmarkable) || len(errs) < 2 {
			t.Errorf("batch of %d: errors %v", n, errs)
		}
	}
}

func TestBatchWithoutAnIdentity(t *testing.T) {
	c := valid()
	c.Batches = "batches"
	w := newTable(nil)
	if err := sink.Deliver(t.Context(), w, plan(t, c), batch(1)); err == nil || !strings.Contains(err.Error(), "Replay") || w.tried != 0 {
		t.Errorf("error %v after %d tries", err, w.tried)
	}
	// The batch of another policy may come again as another one.
	for _, err := range buffered(t, w, plan(t, c), 1, pbuf.Requeue) {
		if err == nil || !strings.Contains(err.Error(), "Replay") || errors.As(err, new(*pbuf.PermanentError)) || w.tried != 0 {
			t.Errorf("error %v after %d tries", err, w.tried)
		}
	}
}

func TestClassesOfSQLState(t *testing.T) {
	for state, want := range map[string]sink.Class{
		"40001": sink.Again, "40P01": sink.Again, "22021": sink.Refused, "23502": sink.Refused, "23514": sink.Refused,
		"21000": sink.Twins, "23503": sink.Conflict, "23505": sink.Conflict, "P0001": sink.Conflict,
		"42P01": sink.Retry, "42501": sink.Retry, "53100": sink.Retry, "57P01": sink.Retry, "08006": sink.Retry, "40003": sink.Retry, "": sink.Retry,
	} {
		if got := sink.OfSQLState(state, "readings_value_check"); got != want {
			t.Errorf("%s: class %d, want %d", state, got, want)
		}
	}
	if got := sink.OfSQLState("23514", ""); got != sink.Conflict { // no partition for the row
		t.Errorf("23514 of no constraint: class %d, want %d", got, sink.Conflict)
	}
}
