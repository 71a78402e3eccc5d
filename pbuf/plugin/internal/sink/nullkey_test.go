package sink_test

import (
	"database/sql"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sink"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
)

// nullFor gives that as the key of 001.
func nullFor(v any) config {
	c := valid()
	c.Key[0].Value = func(e entry) any {
		if e.Key == "001" {
			return v
		}
		return e.Key
	}
	return c
}

func TestRowWithoutAKeyIsGivenUp(t *testing.T) {
	for _, null := range []any{nil, (*string)(nil), []byte(nil), json.RawMessage(nil), sql.NullString{}} {
		w := newTable(map[string]sink.Class{"003": sink.Conflict})
		err := sink.Deliver(t.Context(), w, plan(t, nullFor(null)), batch(5))
		if got := sinktest.Fates(err); !slices.Equal(got, []string{"001†", "003"}) || len(w.rows) != 3 {
			t.Errorf("%T: failed %q, %d rows written, want 3", null, got, len(w.rows))
		}
	}
	w := newTable(map[string]sink.Class{"003": sink.Retry}) // an outage is about all others
	err := sink.Deliver(t.Context(), w, plan(t, nullFor(nil)), batch(4))
	if got := sinktest.Fates(err); !slices.Equal(got, []string{"000", "001†", "002", "003"}) {
		t.Errorf("failed %q", got)
	}
	err = sink.Deliver(t.Context(), w, plan(t, nullFor(nil)), batch(2)[1:])
	if got := sinktest.Fates(err); !slices.Equal(got, []string{"001†"}) {
		t.Errorf("alone: failed %q", got)
	}
}

// None of these is NULL.
func TestKeysOfAnyType(t *testing.T) {
	for _, v := range []any{"", 0, int64(0), uint8(0), new(string), []byte{}, time.Time{}, sql.NullString{Valid: true}} {
		w := newTable(nil)
		c := valid()
		c.Key = []column{{Name: "k", Value: key}, {Name: "k2", Value: func(entry) any { return v }}}
		c.Columns, c.Version = nil, ""
		err := sink.Deliver(t.Context(), w, plan(t, c), []entry{{Key: "a", Deleted: true}})
		if err != nil || w.writes != 1 {
			t.Errorf("%T: %v after %d writes", v, err, w.writes)
		}
	}
}

// In a batch with an identity the others come again, as a batch of their own.
func TestRowWithoutAKeyInABatchWithAnIdentity(t *testing.T) {
	w := newTable(nil)
	c := nullFor(nil)
	c.Batches = "batches"
	errs := buffered(t, w, plan(t, c), 3, pbuf.Replay)
	if len(errs) != 2 || errs[1] != nil || w.writes != 1 || len(w.rows) != 2 {
		t.Fatalf("%d transactions, rows %v, errors %v", w.writes, w.rows, errs)
	}
	if got := sinktest.Fates(errs[0]); !slices.Equal(got, []string{"000", "001†", "002"}) {
		t.Errorf("failed %q", got)
	}
}
