package pbufsql_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufsql"
)

func TestRefusedRowIsFoundAndTheRestWritten(t *testing.T) {
	each(t, func(t *testing.T, d database) {
		d.readings(t)
		p := d.processor(t, d.DB, sinktest.ByVersion())
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
			batch[99].Value = math.MaxInt // that the driver refuses
			want = append(want, "099†", "poi\x00son†")
		}
		slices.Sort(want)
		batch = append(batch, entry{Key: "gone", Version: 1, Deleted: true})
		sinktest.WantFates(t, p(t.Context(), batch), want...)
		d.want(t, `SELECT count(*) FROM readings`, fmt.Sprint(100-len(want)))
	})
}

// What other rows may mend is found as well, and not given up.
func TestRowInConflictIsRetried(t *testing.T) {
	each(t, func(t *testing.T, d database) {
		run(t, d.DB, `CREATE TABLE places (id INTEGER PRIMARY KEY)`, `INSERT INTO places VALUES (1), (2)`,
			`CREATE TABLE readings (id VARCHAR(40) PRIMARY KEY, value INTEGER, version BIGINT, FOREIGN KEY (value) REFERENCES places (id))`)
		p := d.processor(t, d.DB, sinktest.ByVersion())
		batch := []entry{{Key: "a", Value: 1, Version: 1}, {Key: "b", Value: 3, Version: 1}, {Key: "c", Value: 2, Version: 1}}
		sinktest.WantFates(t, p(t.Context(), batch), "b")
		d.want(t, allReadings, "a 1 1", "c 2 1")
	})
}

// Two keys of the buffer that are one in the table.
func TestEntriesOfOneKey(t *testing.T) {
	each(t, func(t *testing.T, d database) {
		d.readings(t)
		c := sinktest.ByVersion()
		c.Key[0].Value = func(e entry) any { return strings.ToLower(e.Key) }
		sinktest.Deliver(t, d.processor(t, d.DB, c), entry{Key: "a", Value: 1, Version: 1}, entry{Key: "B", Value: 2, Version: 3}, entry{Key: "b", Value: 3, Version: 2})
		d.want(t, allReadings, "a 1 1", "b 2 3")
	})
}

// Nothing is given up for what is no row's fault.
func TestWhatIsNoRowsFaultFailsTheBatch(t *testing.T) {
	each(t, func(t *testing.T, d database) {
		d.readings(t)
		p := d.processor(t, d.DB, sinktest.ByVersion())
		run(t, d.DB, `ALTER TABLE readings RENAME TO others`)
		batch := []entry{{Key: "a", Value: 1, Version: 1}, {Key: "b", Value: 3, Version: 1, Deleted: true}}
		if err := p(t.Context(), batch); err == nil || len(sinktest.Fates(err)) > 0 {
			t.Errorf("error %v, want one that names no row", err)
		}
		run(t, d.DB, `ALTER TABLE others RENAME TO readings`)
		sinktest.Deliver(t, p, batch...)
		d.want(t, allReadings, "a 1 1")
	})
}
