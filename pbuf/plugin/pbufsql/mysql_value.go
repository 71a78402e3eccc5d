package pbufsql

import (
	"database/sql/driver"
	"fmt"
	"math"
	"reflect"
	"time"
)

// refusedError is about a value that the database is not to see.
type refusedError string

func (e refusedError) Error() string { return string(e) }

func cannotHold(column string, v any) error {
	return refusedError(fmt.Sprintf("column %q cannot hold %.40q", column, fmt.Sprint(v)))
}

// mysqlValue counts the bytes of a text, and refuses what MySQL has no number for:
// written into the statement, it would be the name of a column.
func mysqlValue(v any) (bytes int, ok bool) {
	switch v := v.(type) {
	case nil, int, int64, bool, time.Time:
		return 0, true
	case string:
		return len(v), true
	case []byte:
		return len(v), true
	case float64:
		return 0, !math.IsNaN(v) && !math.IsInf(v, 0)
	}
	switch v := reflect.ValueOf(plain(v)); {
	case v.Kind() == reflect.String, v.Kind() == reflect.Slice:
		return v.Len(), true
	case v.CanFloat():
		return mysqlValue(v.Float())
	}
	return 0, true
}

// plain is the value that database/sql makes of an argument. What it cannot make
// stays as it is, for the driver.
func plain(v any) any {
	if _, ok := v.(driver.Valuer); !ok {
		if u := reflect.ValueOf(v); u.CanUint() {
			return u.Uint() // the upper half is known to the driver alone
		}
	}
	if value, err := driver.DefaultParameterConverter.ConvertValue(v); err == nil {
		return value
	}
	return v
}
