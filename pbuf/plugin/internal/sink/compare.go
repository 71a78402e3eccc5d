package sink

import (
	"bytes"
	"cmp"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// compareKeys orders rows by their keys. Any total order will do, so long as
// every process has the same: what matters is that two transactions lock the
// rows that they share in the same order.
func compareKeys(a, b []any) int {
	for i := range a {
		if c := compare(a[i], b[i]); c != 0 {
			return c
		}
	}
	return 0
}

func compare(a, b any) int {
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			return strings.Compare(x, y)
		}
	case int64:
		if y, ok := b.(int64); ok {
			return cmp.Compare(x, y)
		}
	case int:
		if y, ok := b.(int); ok {
			return cmp.Compare(x, y)
		}
	case []byte:
		if y, ok := b.([]byte); ok {
			return bytes.Compare(x, y)
		}
	case time.Time:
		if y, ok := b.(time.Time); ok {
			return x.Compare(y)
		}
	}
	return compareValues(reflect.ValueOf(a), reflect.ValueOf(b))
}

// compareValues is for the types that compare does not know by name.
func compareValues(a, b reflect.Value) int {
	if a.IsValid() && b.IsValid() && a.Type() == b.Type() {
		switch {
		case a.CanInt():
			return cmp.Compare(a.Int(), b.Int())
		case a.CanUint():
			return cmp.Compare(a.Uint(), b.Uint())
		case a.CanFloat():
			return cmp.Compare(a.Float(), b.Float())
		case a.Kind() == reflect.String:
			return strings.Compare(a.String(), b.String())
		}
	}
	return strings.Compare(text(a), text(b))
}

// text orders what has no order of its own: pointers by what they point to, and
// values of different types.
func text(v reflect.Value) string {
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if !v.IsValid() {
		return "" // nil
	}
	return fmt.Sprint(v.Interface())
}
