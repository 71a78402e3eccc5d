package pbufsql_test

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufsql"
)

// fates are what an error says became of the batch's entries: keys, those to be
// given up with a cross behind them.
func fates(err error) []string {
	var all []string
	var walk func(err error)
	walk = func(err error) {
		switch e := err.(type) {
		case *pbuf.FailedError[string, int]:
			cross := ""
			if p := (*pbuf.PermanentError)(nil); errors.As(e, &p) {
				cross = "†"
			}
			for _, one := range e.Entries {
				all = append(all, one.Key+cross)
			}
		case interface{ Unwrap() []error }:
			for _, one := range e.Unwrap() {
				walk(one)
			}
		case interface{ Unwrap() error }:
			walk(e.Unwrap())
		}
	}
	walk(err)
	slices.SortFunc(all, cmp.Compare)
	return all
}

func wantFates(tb testing.TB, err error, keys ...string) {
	tb.Helper()
	if got := fates(err); !slices.Equal(got, keys) {
		tb.Errorf("failed: %q, want %q; %v", got, keys, err)
	}
	if len(keys) > 0 && !strings.HasPrefix(err.Error(), "pbuf: table readings: ") {
		tb.Errorf("error %q does not say where", err)
	}
}

func TestRefusedRowIsFoundAndTheRestWritten(t *testing.T) {
	each(t, func(t *testing.T, d database) {
		d.readings(t)
		p := d.processor(t, d.DB, byVersion())
		var batch []entry
		for i := range 100 {
			batch = append(batch, entry{Key: fmt.Sprintf("%03d", i), Value: i, Version: 1})
		}
		want := []string{"040†"}
		batch[40].Value = 1000
		switch d.dialect {
		case pbufsql.MySQL:
			batch[17].Key = "poison\xff"            // no UTF-8
			batch[99].Key = strings.Repeat("x", 41) // too long
			want = append(want, "poison\xff†", batch[99].Key+"†")
		case pbufsql.PostgreSQL:
			batch[17].Key = "poi\x00son"
			batch[99].Value = 1 << 40 // that the driver refuses
			want = append(want, "099†", "poi\x00son†")
		}
		slices.Sort(want)
		batch = append(batch, entry{Key: "gone", Version: 1, Deleted: true})
		wantFates(t, p(t.Context(), batch), want...)
		d.want(t, `SELECT count(*) FROM readings`, fmt.Sprint(100-len(want)))
	})
}

// What other rows may mend is found as well, and not given up.
func TestRowInConflictIsRetried(t *testing.T) {
	each(t, func(t *testing.T, d database) {
		run(t, d.DB, `CREATE TABLE places (id INTEGER PRIMARY KEY)`, `INSERT INTO places VALUES (1), (2)`,
			`CREATE TABLE readings (id VARCHAR(40) PRIMARY KEY, value INTEGER, version BIGINT, FOREIGN KEY (value) REFERENCES places (id))`)
		p := d.processor(t, d.DB, byVersion())
		batch := []entry{{Key: "a", Value: 1, Version: 1}, {Key: "b", Value: 3, Version: 1}, {Key: "c", Value: 2, Version: 1}}
		wantFates(t, p(t.Context(), batch), "b")
		d.want(t, allReadings, "a 1 1", "c 2 1")
	})
}

// Two keys of the buffer that are one in the table.
func TestEntriesOfOneKey(t *testing.T) {
	each(t, func(t *testing.T, d database) {
		d.readings(t)
		c := byVersion()
		c.Key[0].Value = func(e entry) any { return strings.ToLower(e.Key) }
		deliver(t, d.processor(t, d.DB, c), entry{Key: "a", Value: 1, Version: 1}, entry{Key: "B", Value: 2, Version: 3}, entry{Key: "b", Value: 3, Version: 2})
		d.want(t, allReadings, "a 1 1", "b 2 3")
	})
}

// Nothing is given up for what is no row's fault.
func TestWhatIsNoRowsFaultFailsTheBatch(t *testing.T) {
	each(t, func(t *testing.T, d database) {
		d.readings(t)
		p := d.processor(t, d.DB, byVersion())
		run(t, d.DB, `ALTER TABLE readings RENAME TO others`)
		batch := []entry{{Key: "a", Value: 1, Version: 1}, {Key: "b", Value: 3, Version: 1, Deleted: true}}
		if err := p(t.Context(), batch); err == nil || len(fates(err)) > 0 {
			t.Errorf("error %v, want one that names no row", err)
		}
		run(t, d.DB, `ALTER TABLE others RENAME TO readings`)
		deliver(t, p, batch...)
		d.want(t, allReadings, "a 1 1")
	})
}
