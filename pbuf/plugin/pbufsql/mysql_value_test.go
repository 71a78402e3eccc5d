package pbufsql_test

import (
	"database/sql"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufsql"
)

// raw is text that no driver knows by its type.
type raw []byte

// With and without interpolateParams, as statements and their limits are others.
func eachMySQL(t *testing.T, columns string, test func(t *testing.T, d database, interpolate string)) {
	for _, interpolate := range []string{"interpolateParams=true", "interpolateParams=false"} {
		t.Run(interpolate, func(t *testing.T) {
			d := shared(t, pbufsql.MySQL)
			run(t, d.DB, `CREATE TABLE readings (id VARCHAR(40) PRIMARY KEY, `+columns+`, version BIGINT)`)
			test(t, d, interpolate)
		})
	}
}

// MySQL has no such numbers, and takes NaN for the name of a column.
func TestMySQLRefusesWhatIsNoNumber(t *testing.T) {
	eachMySQL(t, "value DOUBLE", func(t *testing.T, d database, interpolate string) {
		db := d.connect("", interpolate)
		infinite := math.Inf(-1)
		for version, bad := range []any{math.NaN(), float32(math.Inf(1)), &infinite, sql.NullFloat64{Float64: math.NaN(), Valid: true}} {
			c := sinktest.ByVersion()
			c.Columns[0].Value = func(e entry) any {
				if e.Key == "b" {
					return bad
				}
				return 1.5
			}
			batch := []entry{{Key: "a", Version: int64(version)}, {Key: "b", Version: int64(version)}, {Key: "c", Version: int64(version)}}
			sinktest.WantFates(t, d.processor(t, db, c)(t.Context(), batch), "b†")
		}
		d.want(t, allReadings, "a 1.5 3", "c 1.5 3")
	})
}

func connection(tb testing.TB, db *sql.DB) (id int) {
	if err := db.QueryRowContext(tb.Context(), `SELECT CONNECTION_ID()`).Scan(&id); err != nil {
		tb.Fatal(err)
	}
	return id
}

// What a server takes at once is limited in bytes.
func TestMySQLStatementsFitIntoAPacket(t *testing.T) {
	eachMySQL(t, "value LONGBLOB", func(t *testing.T, d database, interpolate string) {
		var packet int
		if err := d.QueryRowContext(t.Context(), `SELECT @@max_allowed_packet`).Scan(&packet); err != nil {
			t.Fatal(err)
		}
		large, tooLarge := strings.Repeat("x", packet/4), strings.Repeat("x", packet+1)
		for version, value := range []any{large, []byte(large), raw(large), sql.NullString{String: large, Valid: true}} {
			c := sinktest.ByVersion()
			c.Columns[0].Value = func(e entry) any {
				if e.Value == 1 {
					return tooLarge
				}
				return value
			}
			var batch []entry
			for key := range strings.SplitSeq("a b c d e", " ") {
				batch = append(batch, entry{Key: key, Version: int64(version)})
			}
			db := d.connect("", interpolate)
			db.SetMaxOpenConns(1)
			p, before := d.processor(t, db, c), connection(t, db)
			sinktest.Deliver(t, p, batch...)
			if connection(t, db) != before {
				t.Errorf("%T: the server has hung up", value)
			}
			if version == 0 { // once is enough: it is slow
				batch[1].Value, batch[1].Version = 1, 9
				sinktest.WantFates(t, d.processor(t, d.connect("", interpolate, "maxAllowedPacket=0"), c)(t.Context(), batch), "b†")
			}
		}
		d.want(t, `SELECT count(*), min(length(value)), min(version) FROM readings`, fmt.Sprintf("5 %d 3", packet/4))
	})
}
