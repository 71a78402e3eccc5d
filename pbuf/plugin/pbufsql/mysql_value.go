package pbufsql

import (
	"database/sql/driver"
	"reflect"
)

// refusedError is about a value that the database is not to see.
type refusedError string

func (e refusedError) Error() string { return string(e) }

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
