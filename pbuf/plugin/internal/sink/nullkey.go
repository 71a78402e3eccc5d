package sink

import (
	"database/sql/driver"
	"errors"
	"reflect"
	"slices"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// errNullKey is the reason of rows that no tombstone would find, and of which each
// delivery would insert another one.
var errNullKey = errors.New("the function of a key column gave nil, and NULL is no key")

// nullKeys takes the rows whose keys hold NULL out of rows.
func nullKeys(rows []Row, keys int) (fine, null []Row) {
	bad := func(r Row) bool { return slices.ContainsFunc(r.Values[:keys], isNull) }
	if !slices.ContainsFunc(rows, bad) {
		return rows, nil
	}
	for _, r := range rows {
		if bad(r) {
			null = append(null, r)
		} else {
			fine = append(fine, r)
		}
	}
	return fine, null
}

// withoutNull gives up the rows that have no key, and delivers the others, or has
// them come again as a batch of its own, as refuse does.
func withoutNull[K comparable, V any](d *delivery, batch []pbuf.Entry[K, V], rows, null []Row) error {
	failed := pbuf.Failed(pbuf.Permanent(errNullKey), entries(batch, null)...)
	var err error
	switch {
	case len(rows) == 0:
	case d.identity != nil:
		err = pbuf.Failed(errHeldUp, entries(batch, rows)...)
	default:
		err = deliver(d, batch, rows)
		if err != nil && !errors.As(err, new(*pbuf.FailedError[K, V])) { // it is about all of them
			err = pbuf.Failed(err, entries(batch, rows)...)
		}
	}
	return errors.Join(failed, err)
}

// isNull says whether drivers make NULL of v.
func isNull(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string, int, int64, time.Time:
		return false
	case []byte:
		return v == nil
	}
	if r := reflect.ValueOf(v); (r.Kind() == reflect.Pointer || r.Kind() == reflect.Slice) && r.IsNil() {
		return true
	}
	if v, ok := v.(driver.Valuer); ok {
		value, err := v.Value()
		return err == nil && value == nil
	}
	return false
}
